import { judgeBody, judgeRead, judgeTree } from '../admission/judge-body.ts';
import { hasFewValues } from '../admission/measure.ts';
import type { Conclusion, Doubted, Outcome, Settled } from '../admission/outcome.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Call } from './answer.ts';
import { maxMainThreadBytes, maxMainThreadValues, maxMutationBytes, maxSmallBytes } from './budget.ts';
import type { Aborted, JudgedReview, JudgeThread } from './judge-thread.ts';
import type { Wake } from './wake.ts';

/** Who judges reviews. */
export interface Judges {
  /** Judges what would hold the event loop. */
  readonly thread: Pick<JudgeThread, 'judge'>;
  /** Reads and judges what a Service puts into service. */
  readonly wake: Wake;
}

interface JudgedCall extends Call {
  /** Whether there still is somebody to be answered. */
  readonly isWanted: () => boolean;
  /** Whether it is about what a Service puts into service. */
  readonly isWoken?: boolean;
}

/** Also asks the cluster, where the verdict rests on it, and judges what a Service puts into service. */
export function judgeReview(
  bytes: Buffer,
  call: JudgedCall,
  judges: Judges,
): Conclusion | Aborted | Promise<Conclusion | Aborted> {
  const { length } = bytes;
  const settled = settle(bytes, call, judges);
  return settled instanceof Promise
    ? settled.then((outcome) => conclude(outcome, length, call, judges))
    : conclude(settled, length, call, judges);
}

function conclude(
  outcome: Settled | Aborted,
  bytes: number,
  call: JudgedCall,
  judges: Judges,
): Conclusion | Aborted | Promise<Conclusion | Aborted> {
  if (outcome.outcome === 'waking') {
    const judge = (review: Buffer) => settle(review, { ...call, isWoken: true }, judges);
    return judges.wake({ waking: outcome, call, bytes, judge });
  }
  if (outcome.outcome !== 'woken') return outcome;
  return { outcome: 'failed', request: outcome.request, error: new Error('nobody has asked what a Service wakes') };
}

function settle(bytes: Buffer, call: JudgedCall, judges: Judges): Settled | Promise<Settled | Aborted> {
  const cluster = call.webhook === 'validate' ? call.inForce.cluster : undefined;
  const judged = judgeOnce(bytes, call, judges, cluster?.state);
  if (!(judged instanceof Promise))
    return judged.outcome === 'doubted' ? confirm(judged, bytes, call, judges, true) : judged;
  return judged.then(({ outcome, bytes: kept }) => {
    if (outcome.outcome !== 'doubted') return outcome;
    return kept ? confirm(outcome, kept, call, judges, false) : outcome.otherwise;
  });
}

/** Keeps the body until it is settled. */
function confirm(
  first: Doubted,
  bytes: Buffer,
  call: JudgedCall,
  judges: Judges,
  isInstant: boolean,
): Settled | Promise<Settled | Aborted> {
  const { cluster } = call.inForce;
  if (!cluster) return first.otherwise;
  let body = bytes;
  const judgeAgain = (state: ClusterState) => {
    const judged = judgeOnce(body, call, judges, state);
    if (!(judged instanceof Promise)) return judged;
    return judged.then(({ outcome, bytes: kept }) => {
      body = kept ?? body;
      return outcome;
    });
  };
  return cluster.confirm({ first, deadline: call.deadline, bytes: bytes.length, isInstant, judge: judgeAgain });
}

/** What is larger is judged here only where it can be read in one pass over its bytes within these bounds, or holds few values. */
const bounds = { maxValues: 20_000, maxViolations: 100 };

function judgeOnce(
  bytes: Buffer,
  { webhook, deadline, inForce: { policy }, isWanted, isWoken }: JudgedCall,
  { thread }: Judges,
  cluster: ClusterState | undefined,
): Outcome | Promise<JudgedReview> {
  const options = { askCluster: cluster && (() => cluster), isWoken };
  const maxBytes = webhook === 'validate' ? maxMainThreadBytes : maxMutationBytes;
  if (bytes.length <= maxBytes) return judgeBody(bytes, webhook, policy, options);
  if (bytes.length <= maxSmallBytes) {
    const read = webhook === 'validate' ? judgeRead(bytes, policy, { ...bounds, ...options }) : undefined;
    if (read) return read;
    if (hasFewValues(bytes, maxMainThreadValues)) return judgeTree(bytes, webhook, policy, options);
  }
  return thread.judge({ bytes, webhook, policy, deadline, isWanted, cluster, isWoken });
}
