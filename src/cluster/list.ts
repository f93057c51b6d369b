import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { get, type JsonResponse, type Limits, TooLargeError } from './get.ts';
import { causeOf, statusMessage } from './outcome.ts';

/** Why (the rest of) a list could not be read. `status` is the HTTP status, where there was an answer. */
export interface ReadProblem {
  readonly status?: number;
  readonly message: string;
}

/** Objects on one page. */
const pageSize = 500;

/** Bytes of one page. Where objects are so large that it is more, pages of fewer are asked for. */
const pageBytes = 16 * 1024 * 1024;

/** An API server stores no larger object than about 1.5 MB. */
const objectBytes = 64 * 1024 * 1024;

/** How often a list is begun anew, and an overloaded API server asked again. */
const patience = 4;

/** Seconds that we wait at most when asked to. */
const longestWait = 10;

interface Progress {
  limit: number;
  token: string;
  /** The key of the item that came last. Lists are in the order of their keys. */
  last: string;
  restarts: number;
  waits: number;
}

/**
 * Reads a list in pages and gives each item to `add`; nothing else is kept of it. A token that has expired (410) is replaced by the one
 * that comes with the refusal, which goes on with what is there now; where there is none, the list is read anew, and what was seen is
 * skipped. Resolves to why the rest could not be read, if so.
 */
export async function list(
  connection: Connection,
  path: string,
  add: (item: unknown) => void,
  timeout: number,
): Promise<ReadProblem | undefined> {
  const progress: Progress = { limit: pageSize, token: '', last: '', restarts: 0, waits: 0 };
  for (;;) {
    const answer = await page(connection, path, progress, timeout);
    if (answer === 'again') continue;
    if ('message' in answer) return answer;
    const problem = await take(answer, progress, add);
    if (problem) return problem;
    if (progress.token === '' && answer.status === 200) return undefined;
  }
}

async function page(
  connection: Connection,
  path: string,
  progress: Progress,
  timeout: number,
): Promise<JsonResponse | ReadProblem | 'again'> {
  const { limit, token } = progress;
  const query = new URLSearchParams({ limit: String(limit), ...(token && { continue: token }) });
  const limits: Limits = { timeout, size: limit === 1 ? objectBytes : pageBytes };
  try {
    return await get(connection, `${path}?${query}`, limits);
  } catch (error) {
    if (!(error instanceof TooLargeError)) return { message: `the API server did not answer: ${causeOf(error)}` };
    if (limit === 1) return { message: error.message };
    progress.limit = Math.max(1, Math.floor(limit / 8));
    return 'again';
  }
}

/** Takes an answer in; a problem ends the reading. */
async function take(
  { status, body, retryAfter }: JsonResponse,
  progress: Progress,
  add: (item: unknown) => void,
): Promise<ReadProblem | undefined> {
  if (status === 410 && progress.restarts++ < patience) {
    progress.token = tokenOf(body);
    return undefined;
  }
  if (status === 429 && progress.waits++ < patience) {
    await sleep(Math.min(retryAfter ?? 1, longestWait) * 1000);
    return undefined;
  }
  if (status !== 200)
    return {
      status,
      message: `the API server answered ${status}: ${statusMessage(body) ?? 'nothing that can be read'}`,
    };
  const items = memberOf(body, 'items');
  if (!Array.isArray(items)) return { status, message: 'the API server answered something that is no list' };
  for (const item of items) addNew(item, progress, add);
  const token = tokenOf(body);
  if (token !== '' && token === progress.token) return { status, message: 'the API server answered one page twice' };
  progress.token = token;
  return undefined;
}

function addNew(item: unknown, progress: Progress, add: (item: unknown) => void): void {
  const metadata = memberOf(item, 'metadata');
  const key = `${memberOf(metadata, 'namespace') ?? ''}/${memberOf(metadata, 'name')}`;
  if (progress.restarts > 0 && key <= progress.last) return;
  progress.last = key;
  add(item);
}

/** `metadata.continue`, of a page or of the refusal of an expired token. */
function tokenOf(body: unknown): string {
  const token = memberOf(memberOf(body, 'metadata'), 'continue');
  return typeof token === 'string' ? token : '';
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
