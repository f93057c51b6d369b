import { setImmediate as nextTurn } from 'node:timers/promises';
import { concludeWaking, foundUnread } from '../admission/conclude-waking.ts';
import type { Found } from '../admission/found.ts';
import type { Asking, Failed, Judged, JudgedWoken, Notes, Outcome, Waking } from '../admission/outcome.ts';
import { wokenReview } from '../admission/woken-review.ts';
import type { ReadWoken } from '../cluster/woken-lookup.ts';
import type { Policy } from '../policy/policy.ts';
import type { Call } from './answer.ts';
import type { Aborted } from './judge-thread.ts';
import { createWaitingRoom } from './waiting-room.ts';
import type { WakingMetrics } from './waking-metrics.ts';

/** A Service that puts something into service. */
export interface WakingReview {
  readonly waking: Waking & { readonly notes?: Notes };
  readonly call: Call;
  /** Of its body. */
  readonly bytes: number;
  /** Judges a review of one object that is put into service. */
  readonly judge: (review: Buffer) => Outcome | Promise<Outcome | Aborted>;
}

/** Reads what a Service puts into service, judges it, and concludes. Never rejects. */
export type Wake = (
  review: WakingReview,
) => Promise<((Judged | Asking) & { readonly notes?: Notes }) | Failed | Aborted>;

/** For reading: what is left of the time is for judging. */
const [maxReadingMilliseconds, share] = [2000, 0.6];

export function createWake(read: ReadWoken, policy: Policy, metrics: WakingMetrics): Wake {
  const enter = createWaitingRoom();
  return async (review) => {
    const { waking, bytes } = review;
    const leave = enter(waking.request.namespace, bytes);
    const began = performance.now();
    try {
      const judged =
        typeof leave === 'string' ? { founds: [], problem: `${leave}: try again` } : await judgeAll(read, review);
      if (judged === 'aborted') return { outcome: 'aborted' };
      metrics.countWaking(judged.problem === undefined ? 'judged' : 'unread', (performance.now() - began) / 1000);
      return conclude(review, judged, policy);
    } catch (cause) {
      return {
        outcome: 'failed',
        request: waking.request,
        error: new Error('judging what it wakes failed', { cause }),
      };
    } finally {
      if (typeof leave !== 'string') leave();
    }
  };
}

/** `problem`: why some of it could not be judged. */
interface JudgedAll {
  readonly founds: readonly (JudgedWoken & { readonly notes?: Notes })[];
  readonly problem: string | undefined;
}

async function judgeAll(read: ReadWoken, review: WakingReview): Promise<JudgedAll | 'aborted'> {
  const { waking, call, bytes, judge } = review;
  const { request, name, woken } = waking;
  const left = call.deadline - performance.now();
  let held = bytes;
  const mayHold = (more: number) => {
    held += 2 * more; // the bytes, and the review that is made of them
    return call.share.claim(held) === undefined;
  };
  const question = { namespace: request.namespace, name, isEverything: woken === 'everything', mayHold };
  const { objects, problem } = await read(question, Math.min(maxReadingMilliseconds, share * left));
  if (problem !== undefined) return { founds: [], problem };
  const judging: (Outcome | Promise<Outcome | Aborted>)[] = [];
  for (const object of objects) {
    await nextTurn(); // each may take some milliseconds of everybody's time
    judging.push(judge(wokenReview(request, object)));
  }
  const outcomes = await Promise.all(judging);
  if (outcomes.some(({ outcome }) => outcome === 'aborted')) return 'aborted';
  const founds = outcomes.filter((one) => one.outcome === 'woken');
  return { founds, problem: outcomes.map(problemOf).find((one) => one !== undefined) };
}

/** Why an object has not been judged. */
function problemOf(outcome: Outcome | Aborted): string | undefined {
  switch (outcome.outcome) {
    case 'woken':
      return undefined;
    case 'too-large':
    case 'too-long':
      return `an object of it has ${outcome.excess}: delete it`;
    case 'late':
      return 'it was not judged in time: try again';
    default:
      return 'an object of it could not be judged: see the log of endpoints-webhook';
  }
}

/** What is refused for good is, whatever else could not be judged. */
function conclude({ waking, call }: WakingReview, { founds, problem }: JudgedAll, policy: Policy) {
  const parts: Found[] = founds.map(({ found }) => found);
  if (problem !== undefined && !parts.some(({ denied, question }) => denied.count > 0 && !question))
    parts.push(foundUnread(problem, unreadEnforcement(waking, call, policy)));
  const notes = mergeNotes([
    ...founds.map((one) => one.notes ?? {}),
    waking.notes ?? {},
    problem === undefined ? {} : { unread: problem },
  ]);
  return { ...concludeWaking(waking, parts), ...(Object.keys(notes).length > 0 && { notes }) };
}

/** A Service with a selector goes on where nobody could say anything against it: the hook that asks about those ignores failures. */
function unreadEnforcement({ woken }: Waking, { isAdopting }: Call, { mode, cluster }: Policy) {
  if (mode === 'audit') return 'audit';
  return isAdopting && woken === 'unmanaged-slices' ? 'warn' : cluster.whenUnknown;
}

const maxNoteLength = 1000;

function mergeNotes(all: readonly Notes[]): Notes {
  const merged = new Map<string, Set<string>>();
  for (const [name, text] of all.flatMap((notes) => Object.entries(notes)))
    merged.set(name, (merged.get(name) ?? new Set()).add(text));
  return Object.fromEntries([...merged].map(([name, texts]) => [name, [...texts].join('; ').slice(0, maxNoteLength)]));
}
