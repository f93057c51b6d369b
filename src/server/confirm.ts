import type { Doubted, Notes, Outcome } from '../admission/outcome.ts';
import { type Address, type AddressKey, addressKey } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import { formatAddress } from '../endpoints/network.ts';
import { maxDoubts } from '../review/review.ts';
import { withAnswers } from '../state/answers.ts';
import { unknownOf } from '../state/excerpt.ts';
import { askHolders, isForeign } from './ask-holders.ts';
import type { ClusterMetrics, Confirmation } from './cluster-metrics.ts';
import type { Aborted } from './judge-thread.ts';
import type { LiveCluster } from './live-cluster.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** A review whose verdict rests on what may not be so any more. */
interface DoubtedReview {
  readonly first: Doubted;
  /** In the time of `performance.now()`. */
  readonly deadline: number;
  /** Of its body, which is kept. */
  readonly bytes: number;
  /** Whether judging takes no time, so that nothing changes while it does. */
  readonly isInstant: boolean;
  readonly judge: (cluster: ClusterState) => Outcome | Aborted | Promise<Outcome | Aborted>;
}

/** Asks the cluster, and judges again by its answers. Resolves before the deadline, unless judging takes longer; never rejects. */
export type Confirm = (review: DoubtedReview) => Promise<Exclude<Outcome, Doubted> | Aborted>;

/** For all answers to one review. */
const maxMilliseconds = 2000;

/** The part of what is left until the deadline that may be spent on asking: then it is judged again. */
const share = 0.75;

export function createConfirm(cluster: LiveCluster, metrics: Pick<ClusterMetrics, 'confirmed' | 'waited'>): Confirm {
  const enter = createWaitingRoom();
  return async (review) => {
    const { first, bytes, deadline } = review;
    const began = performance.now();
    const until = began + Math.min(maxMilliseconds, share * (deadline - began));
    const isTooMuch = first.addresses.length > maxDoubts;
    const leave = isTooMuch ? `more than ${maxDoubts} addresses` : enter(first.request.namespace, bytes);
    try {
      if (typeof leave === 'string') {
        metrics.confirmed('skipped');
        const state = { ...cluster.state, unconfirmed: leave };
        const outcome = review.isInstant ? await review.judge(state) : first; // others wait for the thread
        return conclude(outcome, state);
      }
      const { outcome, state } = await settle(cluster, review, until, metrics.waited);
      metrics.confirmed(resultOf(outcome, state), (performance.now() - began) / 1000);
      return conclude(outcome, state);
    } catch (cause) {
      return { outcome: 'failed', request: first.request, error: new Error('asking the cluster failed', { cause }) };
    } finally {
      if (typeof leave !== 'string') leave();
    }
  };
}

interface Settled {
  readonly outcome: Outcome | Aborted;
  readonly state: ClusterState;
}

/** What a pod has no more may already be the next one's, for which it is worth waiting. */
const maxRounds = 2;

async function settle(
  cluster: LiveCluster,
  { first, isInstant, judge }: DoubtedReview,
  until: number,
  waited: (isHeld: boolean) => void,
): Promise<Settled> {
  let outcome: Outcome | Aborted = first;
  let { state } = cluster;
  const anew = first.isUnknown ? await cluster.readAnew(until - performance.now()) : undefined;
  if (anew) {
    state = anew;
    outcome = await judge(state);
  }
  const same = new Set<AddressKey>();
  for (let round = 0; round < maxRounds && outcome.outcome === 'doubted'; round++) {
    const addresses = outcome.addresses.filter((address) => !same.has(addressKey(address)));
    if (addresses.length === 0 || addresses.length > maxDoubts) break;
    const { namespace } = outcome.request;
    const answers = await askHolders(cluster, { addresses, namespace, state, until, waited });
    for (const key of answers.same) same.add(key);
    if (isInstant && answers.same.size === addresses.length && answers.unconfirmed === undefined) break;
    state = withAnswers(state, answers);
    outcome = await judge(state);
  }
  return { outcome, state };
}

function resultOf(outcome: Outcome | Aborted, { unconfirmed }: ClusterState): Confirmation {
  const isDoubted = outcome.outcome === 'doubted';
  if (unconfirmed !== undefined || (isDoubted && outcome.isUnknown)) return 'unanswered';
  return isDoubted ? 'upheld' : 'lifted';
}

/** What is doubted still is final now. */
function conclude(outcome: Outcome | Aborted, state: ClusterState): Exclude<Outcome, Doubted> | Aborted {
  if (outcome.outcome !== 'doubted') return outcome;
  const { otherwise, request, addresses, isUnknown } = outcome;
  const holders = addresses.length > 0 ? describeHolders(addresses, request.namespace, state) : '';
  const notes: Notes = {
    ...(holders !== '' && { holders }),
    ...(state.unconfirmed !== undefined && { unconfirmed: state.unconfirmed }),
    ...(isUnknown && { unknown: Object.values(unknownOf(state)).join('; ') }),
  };
  return { ...otherwise, notes };
}

const maxDescribed = 10;

/** Names are another tenant's business: not for the requester. */
function describeHolders(addresses: readonly Address[], namespace: string, state: ClusterState): string {
  const all = addresses.flatMap((address) =>
    state
      .podsAt(address)
      .filter((pod) => isForeign(pod, namespace))
      .map((pod) => `${formatAddress(address)} ${pod.namespace}/${pod.name}`),
  );
  return all.slice(0, maxDescribed).join(', ');
}
