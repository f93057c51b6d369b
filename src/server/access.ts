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

/** How many questions may wait for their answers. Those beyond are not asked: one requester must not keep others from being answered. */
const [maxWaitingOfRequester, maxWaiting] = [4, 64];

/** What requesters send must not fill the memory. */
const [maxEntries, maxKeyLength] = [1000, 16_384];

/** Limits how long `ask` takes and how many questions wait for it, caches positive answers only, and counts. */
export function createAccess({
  ask,
  cacheMilliseconds,
  count,
  now = () => performance.now(),
}: AccessOptions): AskAccess {
  const lifetime = Math.min(cacheMilliseconds, maxCachingMilliseconds);
  const cache = new Map<string, number>(); // until when; the oldest comes first
  const askInTurn = limitWaiting(ask);
  return async (question, milliseconds) => {
    const key = accessKey(question);
    const began = now();
    if (began < (cache.get(key) ?? 0)) {
      count('cached');
      return { result: 'allowed' };
    }
    cache.delete(key);
    const answer = await askInTurn(question, milliseconds);
    count(answer.result, (now() - began) / 1000);
    if (answer.result === 'allowed' && lifetime > 0 && key.length <= maxKeyLength) {
      cache.delete(key);
      cache.set(key, began + lifetime);
      if (cache.size > maxEntries) cache.delete(cache.keys().next().value ?? '');
    }
    return answer;
  };
}

function limitWaiting(ask: AskAccess): AskAccess {
  const waiting = new Map<string, number>(); // by user
  let all = 0;
  return async (question, milliseconds) => {
    const { user } = question;
    const own = waiting.get(user) ?? 0;
    if (milliseconds <= 0) return unanswered('the request had no time left for it; try again');
    if (own >= maxWaitingOfRequester) return unanswered(`${own} questions about this user wait already; try again`);
    if (all >= maxWaiting) return unanswered(`${all} questions wait already; try again`);
    waiting.set(user, own + 1);
    all++;
    try {
      return await ask(question, Math.min(milliseconds, maxAskingMilliseconds));
    } catch {
      return unanswered('endpoints-webhook failed while asking');
    } finally {
      all--;
      const left = (waiting.get(user) ?? 1) - 1;
      if (left > 0) waiting.set(user, left);
      else waiting.delete(user);
    }
  };
}

function unanswered(reason: string): AccessAnswer {
  return { result: 'unanswered', reason };
}
