import { type AccessAnswer, type AskAccess, accessKey } from '../review/access.ts';

/** How the answer to a question came about. */
export type AccessResult = AccessAnswer['result'] | 'cached';

export interface AccessOptions {
  /** Sends the SubjectAccessReview. An exception counts as `unanswered`. */
  readonly ask: AskAccess;
  /** How long a positive answer is cached, counted from the question; 0 for not at all, 10 s at most. */
  readonly cacheMilliseconds: number;
  /** Called once for each question; `seconds`: how long the API server took, where it was asked. */
  readonly count: (result: AccessResult, seconds?: number) => void;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
}

/** How long one question may take, however much time a request has left. */
const maxAskingMilliseconds = 2000;

const maxCachingMilliseconds = 10_000;

/** What requesters send must not fill the memory. */
const [maxEntries, maxKeyLength] = [1000, 16_384];

/** Limits how long `ask` takes, caches positive answers only, and counts. */
export function createAccess({
  ask,
  cacheMilliseconds,
  count,
  now = () => performance.now(),
}: AccessOptions): AskAccess {
  const lifetime = Math.min(cacheMilliseconds, maxCachingMilliseconds);
  const cache = new Map<string, number>(); // until when; the oldest comes first
  return async (question, milliseconds) => {
    const key = accessKey(question);
    const began = now();
    if (began < (cache.get(key) ?? 0)) {
      count('cached');
      return { result: 'allowed' };
    }
    cache.delete(key);
    const answer = await askOnce(() => ask(question, Math.min(milliseconds, maxAskingMilliseconds)), milliseconds);
    count(answer.result, (now() - began) / 1000);
    if (answer.result === 'allowed' && lifetime > 0 && key.length <= maxKeyLength) {
      cache.delete(key);
      cache.set(key, began + lifetime);
      if (cache.size > maxEntries) cache.delete(cache.keys().next().value ?? '');
    }
    return answer;
  };
}

async function askOnce(ask: () => Promise<AccessAnswer>, milliseconds: number): Promise<AccessAnswer> {
  if (milliseconds <= 0) return { result: 'unanswered', reason: 'the request had no time left for it; try again' };
  try {
    return await ask();
  } catch {
    return { result: 'unanswered', reason: 'endpoints-webhook failed while asking' };
  }
}
