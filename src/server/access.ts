import { type AccessAnswer, type AskAccess, accessKey } from '../review/access.ts';

/** How the answer to a question came about. */
export type AccessResult = AccessAnswer['result'] | 'cached';

export interface Asking {
  /** Asks whoever knows. What it throws is no answer. */
  readonly ask: AskAccess;
  /** How long a yes is remembered, in milliseconds, from when it was asked for; 0 for not at all, 10 s at most. */
  readonly cacheMilliseconds: number;
  /** Called once for each question; `seconds` where somebody was asked. */
  readonly answered: (result: AccessResult, seconds?: number) => void;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** The longest anybody is asked, in milliseconds, however much time a request has left. */
export const longestAsking = 2000;

const longestCaching = 10_000;

/** How many answers are remembered, and the longest key of one: what requesters send must not fill the memory. */
const [entries, longestKey] = [1000, 16_384];

/** Asks at most so long, remembers only what was allowed, and counts. */
export function createAccess({ ask, cacheMilliseconds, answered, now = () => performance.now() }: Asking): AskAccess {
  const lifetime = Math.min(cacheMilliseconds, longestCaching);
  const remembered = new Map<string, number>(); // until when; the oldest comes first
  return async (question, milliseconds) => {
    const key = accessKey(question);
    const began = now();
    if (began < (remembered.get(key) ?? 0)) {
      answered('cached');
      return { result: 'allowed' };
    }
    remembered.delete(key);
    const answer = await askOnce(() => ask(question, Math.min(milliseconds, longestAsking)), milliseconds);
    answered(answer.result, (now() - began) / 1000);
    if (answer.result === 'allowed' && lifetime > 0 && key.length <= longestKey) {
      remembered.delete(key);
      remembered.set(key, began + lifetime);
      if (remembered.size > entries) remembered.delete(remembered.keys().next().value ?? '');
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
