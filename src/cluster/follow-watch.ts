import { fieldsOf } from '../json/fields.ts';
import type { StreamedResponse } from './connection.ts';
import { hasName } from './follow-list.ts';
import { pathWith, type Source } from './follow-source.ts';
import { readJson } from './get.ts';
import { createLineCutter } from './lines.ts';
import { causeOf } from './outcome.ts';
import { Setback, setbackOf } from './setback.ts';
import { TooLargeError } from './too-large-error.ts';

/** What a watch tells of itself. */
export interface WatchEvents {
  opened(): void;
  /** The version that it has come to. */
  moved(version: string): void;
}

const refusalBytes = 1024 * 1024;

/** Gives what has happened since a version to the sink. Resolves when the API server ends the watch. Throws where it ends otherwise. */
export async function watch(source: Source, version: string, hooks: WatchEvents, signal: AbortSignal): Promise<void> {
  const { connection, path, settings, heard } = source;
  const { leastWatchSeconds, mostWatchSeconds, headersTimeout, pageTimeout, watchGrace } = settings;
  const seconds = leastWatchSeconds + Math.floor(Math.random() * (mostWatchSeconds - leastWatchSeconds + 1));
  const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: `${seconds}` };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Setback('the API server did not answer in time')), pageTimeout);
  try {
    const both = AbortSignal.any([signal, late.signal]);
    const response = await connection.stream(pathWith(path, query), { signal: both, headersTimeout });
    heard();
    if (response.statusCode !== 200) throw setbackOf(await readJson(response, refusalBytes, heard));
    clearTimeout(timer);
    hooks.opened();
    await readEvents(response, source, hooks, seconds * 1000 + watchGrace);
  } finally {
    clearTimeout(timer);
  }
}

async function readEvents(
  { body }: StreamedResponse,
  source: Source,
  hooks: WatchEvents,
  mostMilliseconds: number,
): Promise<void> {
  const { lineBytes, silenceTimeout } = source.settings;
  const cut = createLineCutter(lineBytes);
  const end = setTimeout(() => body.destroy(new WatchEnd()), mostMilliseconds);
  const silence = setTimeout(() => {
    body.destroy(new Setback(`the API server has sent nothing for ${silenceTimeout / 1000} s`));
  }, silenceTimeout);
  try {
    for await (const chunk of body) {
      silence.refresh();
      source.heard();
      for (const line of cut(chunk)) if (line !== '') apply(line, source, hooks);
    }
  } catch (error) {
    if (!(error instanceof WatchEnd)) throw asSetback(error);
  } finally {
    clearTimeout(end);
    clearTimeout(silence);
  }
}

class WatchEnd extends Error {}

function asSetback(cause: unknown): Setback {
  if (cause instanceof Setback) return cause;
  if (cause instanceof TooLargeError) return new Setback(`the API server sends no events: ${cause.message}`);
  return new Setback(`the watch broke off: ${causeOf(cause)}`, {}, { cause });
}

/** Throws a Setback where it is no event that can be applied: nothing is lost without a word. */
function apply(line: string, { sink, problem }: Source, { moved }: WatchEvents): void {
  const { type, object } = fieldsOf(parseEvent(line));
  if (type === 'ERROR') throw errorOf(object);
  if (type !== 'BOOKMARK') {
    const isKnown = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
    if (!isKnown) throw new Setback('the API server sent something that is no event', { relist: true });
    if (!hasName(object)) problem('the API server sent an event without a name, which is passed over');
    else if (type === 'DELETED') sink.remove(object);
    else sink.put(object);
  }
  const { resourceVersion } = fieldsOf(fieldsOf(object).metadata);
  if (typeof resourceVersion === 'string' && resourceVersion !== '') moved(resourceVersion);
}

function parseEvent(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The `object` is a Status. */
function errorOf(object: unknown): Setback {
  const { code } = fieldsOf(object);
  return setbackOf({ status: typeof code === 'number' ? code : 500, body: object, retryAfterSeconds: undefined });
}
