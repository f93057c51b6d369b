import { setTimeout as sleep } from 'node:timers/promises';
import { fieldsOf } from '../json/fields.ts';
import type { Connection } from './connection.ts';
import { type GetLimits, get, type JsonResponse } from './get.ts';
import { problemOf, refusalOf } from './outcome.ts';
import { TooLargeError } from './too-large-error.ts';

/** Why (the rest of) a list could not be read. `status` is the HTTP status, where there was an answer. */
export interface ReadProblem {
  readonly status?: number;
  readonly message: string;
}

/** Of one page. */
const maxPageObjects = 500;

/** Of one page. Where objects are so large that it is more, pages of fewer are asked for. */
const maxPageBytes = 16 * 1024 * 1024;

/** Of a page of one object: far above the 1.5 MB that an API server stores. */
const maxObjectBytes = 64 * 1024 * 1024;

/** How often an expired list is started again, and how often a request is repeated after a 429. */
const maxRetries = 4;

/** How long we wait at most where the API server asks for it (`Retry-After`). */
const maxWaitSeconds = 10;

/** Parameters that say which objects of a list are wanted. */
type Selection = Readonly<Record<string, string>>;

interface Progress {
  readonly selection: Selection;
  limit: number;
  token: string;
  /** The key of the item that came last. Lists are in the order of their keys. */
  last: string;
  restarts: number;
  waits: number;
}

/**
 * Reads a list in pages and gives each item to `add`; keeps nothing else. Where the API server says that its token has expired (410), it
 * goes on with the token that comes with that answer; without one it starts again, and skips what it has seen. Resolves to why the rest
 * could not be read, or to `undefined`. `selection`: parameters such as `fieldSelector`.
 */
export async function list(
  connection: Connection,
  path: string,
  add: (item: unknown) => void,
  timeout: number,
  selection: Selection = {},
): Promise<ReadProblem | undefined> {
  const progress: Progress = { selection, limit: maxPageObjects, token: '', last: '', restarts: 0, waits: 0 };
  for (;;) {
    const answer = await readPage(connection, path, progress, timeout);
    if (answer === 'again') continue;
    if ('message' in answer) return answer;
    const problem = await readItems(answer, progress, add);
    if (problem) return problem;
    if (progress.token === '' && answer.status === 200) return undefined;
  }
}

async function readPage(
  connection: Connection,
  path: string,
  progress: Progress,
  timeout: number,
): Promise<JsonResponse | ReadProblem | 'again'> {
  const { limit, token, selection } = progress;
  const query = new URLSearchParams({ ...selection, limit: String(limit), ...(token && { continue: token }) });
  const limits: GetLimits = { timeout, maxBytes: limit === 1 ? maxObjectBytes : maxPageBytes };
  try {
    return await get(connection, `${path}?${query}`, limits);
  } catch (error) {
    if (!(error instanceof TooLargeError)) return { message: problemOf(error, connection) };
    if (limit === 1) return { message: error.message };
    progress.limit = Math.max(1, Math.floor(limit / 8));
    return 'again';
  }
}

/** Gives the items of a page to `add`. A problem ends the reading. */
async function readItems(
  { status, body, retryAfterSeconds }: JsonResponse,
  progress: Progress,
  add: (item: unknown) => void,
): Promise<ReadProblem | undefined> {
  if (status === 410 && progress.restarts++ < maxRetries) {
    progress.token = tokenOf(body);
    return undefined;
  }
  if (status === 429 && progress.waits++ < maxRetries) {
    await sleep(Math.min(retryAfterSeconds ?? 1, maxWaitSeconds) * 1000);
    return undefined;
  }
  if (status !== 200) return { status, message: refusalOf(status, body) };
  const items = fieldsOf(body).items;
  if (!Array.isArray(items)) return { status, message: 'the API server answered something that is no list' };
  for (const item of items) addNew(item, progress, add);
  const token = tokenOf(body);
  if (token !== '' && token === progress.token) return { status, message: 'the API server answered one page twice' };
  progress.token = token;
  return undefined;
}

function addNew(item: unknown, progress: Progress, add: (item: unknown) => void): void {
  const metadata = fieldsOf(fieldsOf(item).metadata);
  const key = `${metadata.namespace ?? ''}/${metadata.name}`;
  if (progress.restarts > 0 && key <= progress.last) return;
  progress.last = key;
  add(item);
}

/** `metadata.continue`, of a page or of the refusal of an expired token. */
function tokenOf(body: unknown): string {
  const token = fieldsOf(fieldsOf(body).metadata).continue;
  return typeof token === 'string' ? token : '';
}
