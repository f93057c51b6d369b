import type { Sink } from '../state/sink.ts';
import type { Connection } from './connection.ts';

/** Why a list was begun. `expired`: the API server does not remember any more what has happened since the last one. */
export type ListReason = 'start' | 'expired' | 'refresh' | 'problem';

export interface FollowEvents {
  /** A list was read whole. */
  listed(reason: ListReason): void;
  /** Something went wrong; text for people. */
  problem(text: string): void;
}

/** Times in milliseconds, and sizes. */
export const followSettings = {
  /** Of one page. Where objects are so large that it is more than `pageBytes`, pages of fewer are asked for. */
  pageObjects: 100,
  pageBytes: 16 * 1024 * 1024,
  /** Of a page of one object: far above the 1.5 MB that an API server stores. */
  objectBytes: 64 * 1024 * 1024,
  lineBytes: 16 * 1024 * 1024,
  /** Also of a refusal. */
  pageTimeout: 60_000,
  headersTimeout: 30_000,
  /** An API server sends a bookmark about every minute. */
  silenceTimeout: 75_000,
  /** How long an API server is asked to let a watch last, in seconds, at random in between: not all of them end together. */
  leastWatchSeconds: 300,
  mostWatchSeconds: 600,
  /** How much longer one is read that does not end: the credentials of a watch are those of its beginning. */
  watchGrace: 30_000,
  firstBackoff: 500,
  maxBackoff: 30_000,
  /** A watch that has lasted so long makes up for failures before. */
  goodWatch: 10_000,
  /** For how long a list counts as just read. */
  justListed: 1000,
  /** A kind that is not served is looked for again. */
  missingInterval: 600_000,
};

export type FollowSettings = Readonly<typeof followSettings>;

/** What is followed, and who is told of it. */
export interface Source extends FollowEvents {
  readonly connection: Connection;
  /** Of the collection; it may have a query. */
  readonly path: string;
  readonly sink: Sink;
  readonly settings: FollowSettings;
  /** A 404 on the list means that there are none. */
  readonly missingIsEmpty: boolean;
  /** Bytes have arrived. */
  heard(): void;
}

/** The path with more in its query. */
export function pathWith(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
}
