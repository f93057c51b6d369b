import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Failed, JudgedWoken, Notes, Outcome, Waking } from '../admission/outcome.ts';
import { wokenReview } from '../admission/woken-review.ts';
import type { ReadWoken } from '../cluster/woken-lookup.ts';
import type { Call } from './answer.ts';
import type { Aborted } from './judge-thread.ts';

/** A Service that puts something into service. */
export interface WakingReview {
  readonly waking: Waking & { readonly notes?: Notes };
  readonly call: Call;
  /** Of its body. */
  readonly bytes: number;
  /** Judges a review of one object that is put into service. */
  readonly judge: (review: Buffer) => Outcome | Promise<Outcome | Aborted>;
}

/** Why something could not be judged. */
export interface Unread {
  readonly problem: string;
  /** Whether what stands is the reason, which whoever writes it has chosen: the next try finds it so. */
  readonly isTooMuch?: true;
}

/** What was found in what a Service puts into service. */
export interface AllJudged {
  readonly outcome: 'all-judged';
  readonly woken: readonly (JudgedWoken & { readonly notes?: Notes })[];
  /** Of some of it. */
  readonly unread?: Unread | undefined;
}

/** For reading: what is left of the time is for judging. */
const [maxReadingMilliseconds, share] = [2000, 0.6];

/** Reads it, and judges each object. */
export async function judgeWoken(read: ReadWoken, review: WakingReview): Promise<AllJudged | Failed | Aborted> {
  const { waking, call, judge } = review;
  const { request, name, woken } = waking;
  const left = call.deadline - performance.now();
  const question = { namespace: request.namespace, name, isEverything: woken === 'everything', mayHold: holds(review) };
  const now = await read(question, Math.min(maxReadingMilliseconds, share * left));
  if (now.problem !== undefined) return { outcome: 'all-judged', woken: [], unread: now };
  const judging: (Outcome | Promise<Outcome | Aborted>)[] = [];
  for (const object of now.objects) {
    await nextTurn(); // each may take some milliseconds of everybody's time
    judging.push(judge(wokenReview(request, object)));
  }
  const outcomes = await Promise.all(judging);
  const ended = outcomes.find((one) => one.outcome === 'aborted' || one.outcome === 'failed');
  if (ended) return ended.outcome === 'failed' ? { ...ended, request } : ended;
  const problems = outcomes.map(problemOf).filter((one) => one !== undefined);
  return {
    outcome: 'all-judged',
    woken: outcomes.filter((one) => one.outcome === 'woken'),
    unread: problems.find(({ isTooMuch }) => isTooMuch) ?? problems[0],
  };
}

/** Counts the bytes that are read, and the reviews that are made of them, as held by the Service's own review. */
function holds({ call, bytes }: WakingReview): (bytes: number) => boolean {
  let held = bytes;
  return (more) => {
    held += 2 * more;
    return call.share.claim(held) === undefined;
  };
}

/** Why an object has not been judged. */
function problemOf(outcome: Outcome | Aborted): Unread | undefined {
  switch (outcome.outcome) {
    case 'woken':
      return undefined;
    case 'too-large':
    case 'too-long':
      return { problem: `an object of it has ${outcome.excess}: delete it`, isTooMuch: true };
    case 'late':
      return { problem: 'it was not judged in time: try again' };
    default:
      return { problem: 'an object of it could not be judged: try again' };
  }
}
