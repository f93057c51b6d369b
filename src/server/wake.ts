import { concludeWaking, foundUnread } from '../admission/conclude-waking.ts';
import type { Found } from '../admission/found.ts';
import type { Asking, Failed, Judged, Notes, Waking } from '../admission/outcome.ts';
import type { ReadWoken } from '../cluster/woken-lookup.ts';
import type { Policy } from '../policy/policy.ts';
import { mayBind } from '../review/may-bind.ts';
import type { Aborted } from './judge-thread.ts';
import { type AllJudged, judgeWoken, type Unread, type WakingReview } from './judge-woken.ts';
import { createWaitingRoom } from './waiting-room.ts';
import type { WakingMetrics } from './waking-metrics.ts';

/** Reads what a Service puts into service, judges it, and concludes. Never rejects. */
export type Wake = (
  review: WakingReview,
) => Promise<((Judged | Asking) & { readonly notes?: Notes }) | Failed | Aborted>;

export function createWake(read: ReadWoken, policy: Policy, metrics: WakingMetrics): Wake {
  const enter = createWaitingRoom();
  return async (review) => {
    const { request, name } = review.waking;
    if (!mayBind(policy, { ...request, name })) return conclude(review, { outcome: 'all-judged', woken: [] }, policy);
    const began = performance.now();
    const leave = enter(request.namespace, review.bytes);
    try {
      const judged = typeof leave === 'string' ? turnAway(leave) : await judgeWoken(read, review);
      if (judged.outcome !== 'all-judged') return judged;
      metrics.countWaking(judged.unread ? 'unread' : 'judged', (performance.now() - began) / 1000);
      return conclude(review, judged, policy);
    } catch (cause) {
      return { outcome: 'failed', request, error: new Error('judging what a Service wakes failed', { cause }) };
    } finally {
      if (typeof leave !== 'string') leave();
    }
  };
}

function turnAway(reason: string): AllJudged {
  return { outcome: 'all-judged', woken: [], unread: { problem: `${reason}: try again` } };
}

/** What is refused for good is, whatever else could not be judged. */
function conclude({ waking }: WakingReview, { woken, unread }: AllJudged, policy: Policy) {
  const parts: Found[] = woken.map(({ found }) => found);
  if (unread && !parts.some(({ denied, question }) => denied.count > 0 && !question))
    parts.push(foundUnread(unread.problem, unreadEnforcement(waking, unread, policy)));
  const notes = mergeNotes([
    ...woken.map((one) => one.notes ?? {}),
    waking.notes ?? {},
    unread ? { unread: unread.problem } : {},
  ]);
  return { ...concludeWaking(waking, parts), ...(Object.keys(notes).length > 0 && { notes }) };
}

/** A Service with a selector has addresses of its own, and waits for nobody; but nothing gets through by being too much to be read. */
function unreadEnforcement({ woken }: Waking, { isTooMuch }: Unread, { mode, cluster }: Policy) {
  if (mode === 'audit') return 'audit';
  if (isTooMuch) return 'deny';
  return woken === 'unmanaged-slices' ? 'warn' : cluster.whenUnknown;
}

const maxNoteLength = 1000;

function mergeNotes(all: readonly Notes[]): Notes {
  const merged = new Map<string, Set<string>>();
  for (const [name, text] of all.flatMap((notes) => Object.entries(notes)))
    merged.set(name, (merged.get(name) ?? new Set()).add(text));
  return Object.fromEntries([...merged].map(([name, texts]) => [name, [...texts].join('; ').slice(0, maxNoteLength)]));
}
