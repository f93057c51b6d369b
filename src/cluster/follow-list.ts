import { setImmediate as nextTurn } from 'node:timers/promises';
import { fieldsOf } from '../json/fields.ts';
import { pathWith, type Source } from './follow-source.ts';
import { type JsonResponse, readJson } from './get.ts';
import { Setback, setbackOf } from './setback.ts';
import { TooLargeError } from './too-large-error.ts';

interface Progress {
  limit: number;
  token: string;
  /** Of the first page: what has happened since then is watched. */
  version: string | undefined;
}

/**
 * Reads a list in pages and gives it to the sink. Resolves to its version, or to `undefined` where the kind is not served and that means
 * that there are none. Throws where it is not read whole: the sink has no `end` then. `begun`: something is given to the sink now.
 */
export async function readWhole(source: Source, signal: AbortSignal, begun: () => void): Promise<string | undefined> {
  const { sink, settings, missingIsEmpty } = source;
  const progress: Progress = { limit: settings.pageObjects, token: '', version: undefined };
  for (let isFirst = true; isFirst || progress.token !== ''; isFirst = false) {
    const page = await readPage(source, progress, signal);
    const isMissing = missingIsEmpty && isFirst && page.status === 404;
    const items = isMissing ? [] : itemsOf(page, progress);
    await nextTurn(); // reading the page has held the event loop for long enough
    if (isFirst) {
      begun();
      sink.begin();
    }
    putAll(items, source);
  }
  sink.end();
  return progress.version;
}

/** In smaller pages where it is too large. */
async function readPage(source: Source, progress: Progress, signal: AbortSignal): Promise<JsonResponse> {
  const { connection, path, settings, heard } = source;
  for (;;) {
    const { limit, token } = progress;
    const query = { limit: String(limit), ...(token && { continue: token }) };
    const timeout = AbortSignal.timeout(settings.pageTimeout);
    try {
      const response = await connection.stream(pathWith(path, query), {
        signal: AbortSignal.any([signal, timeout]),
        headersTimeout: settings.headersTimeout,
      });
      return await readJson(response, limit === 1 ? settings.objectBytes : settings.pageBytes, heard);
    } catch (error) {
      if (!(error instanceof TooLargeError) || limit === 1) throw error;
      progress.limit = Math.max(1, Math.floor(limit / 8));
    }
  }
}

/** Goes on to the next page. Throws where it is no page of a list. */
function itemsOf(page: JsonResponse, progress: Progress): readonly unknown[] {
  if (page.status !== 200) throw setbackOf(page);
  const { items, metadata } = fieldsOf(page.body);
  const { resourceVersion, continue: token = '' } = fieldsOf(metadata);
  if (!Array.isArray(items) || typeof token !== 'string' || typeof resourceVersion !== 'string' || !resourceVersion)
    throw new Setback('the API server answered something that is no list');
  if (token !== '' && token === progress.token) throw new Setback('the API server answered one page twice');
  progress.token = token;
  progress.version ??= resourceVersion;
  return items;
}

function putAll(items: readonly unknown[], { sink, problem }: Source): void {
  let nameless = 0;
  for (const item of items) {
    if (hasName(item)) sink.put(item);
    else nameless++;
  }
  if (nameless > 0) problem(`the API server listed ${nameless} without a name, which are passed over`);
}

export function hasName(item: unknown): boolean {
  const { name } = fieldsOf(fieldsOf(item).metadata);
  return typeof name === 'string' && name !== '';
}
