import type { Sink } from '../state/sink.ts';
import type { Connection } from './connection.ts';
import { createFreshness } from './follow-freshness.ts';
import { startRounds } from './follow-rounds.ts';
import { type FollowEvents, type FollowSettings, followSettings } from './follow-source.ts';

export type { FollowEvents, ListReason } from './follow-source.ts';

export interface Following {
  /** Whether it was listed whole at least once. */
  readonly isListed: boolean;
  /** Since when (performance.now()) there is neither an open watch nor a list that has just been read; `undefined` while there is. */
  readonly brokenSince: number | undefined;
  /** When (Date.now()) the last byte arrived. */
  readonly lastHeard: number | undefined;
  /**
   * Lists anew at once, without waiting for a backoff. All who call while it waits or runs share what is begun after their call. Resolves
   * when it was read whole; rejects with why not.
   */
  refresh(): Promise<void>;
  /** Nothing is given to the sink any more once it has resolved. */
  close(): Promise<void>;
}

interface Options {
  /** A 404 on the list means that there are none: a kind that older API servers do not serve. It is looked for again now and then. */
  readonly missingIsEmpty?: boolean;
  readonly settings?: Partial<FollowSettings>;
}

/** Lists a collection, watches it from there, and never gives up: what breaks is begun again. */
export function follow(
  connection: Connection,
  path: string,
  sink: Sink,
  events: FollowEvents,
  { missingIsEmpty = false, settings: some = {} }: Options = {},
): Following {
  const settings = { ...followSettings, ...some };
  const freshness = createFreshness(settings.justListed);
  const { heard } = freshness;
  const { refresh, close } = startRounds(
    { ...{ connection, path, sink, settings, missingIsEmpty, heard }, listed: events.listed, problem: events.problem },
    freshness,
  );
  return {
    get isListed() {
      return freshness.isListed;
    },
    get brokenSince() {
      return freshness.brokenSince;
    },
    get lastHeard() {
      return freshness.lastHeard;
    },
    refresh,
    close,
  };
}
