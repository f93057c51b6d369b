import { judgeBody, judgeRead, judgeTree } from '../admission/judge-body.ts';
import { hasFewValues } from '../admission/measure.ts';
import type { Doubted, Outcome } from '../admission/outcome.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Policy } from '../policy/policy.ts';
import type { Call } from './answer.ts';
import { maxMainThreadBytes, maxMainThreadValues, maxMutationBytes, maxSmallBytes } from './budget.ts';
import type { Confirm } from './confirm.ts';
import type { Aborted, JudgedReview, JudgeThread } from './judge-thread.ts';

/** By what, and where reviews are judged. */
export interface Judges {
  readonly policy: Policy;
  /** Judges what would hold the event loop. */
  readonly thread: Pick<JudgeThread, 'judge'>;
  /** What is known of the cluster, and who asks it; absent where no rule has to know it. */
  readonly cluster?: { readonly state: ClusterState; readonly confirm: Confirm } | undefined;
}

interface JudgedCall extends Call {
  /** Whether there still is somebody to be answered. */
  readonly isWanted: () => boolean;
}

/** Also asks the cluster, where the verdict rests on it. */
export function judgeReview(bytes: Buffer, call: JudgedCall, judges: Judges): Outcome | Promise<Outcome | Aborted> {
  const cluster = call.webhook === 'validate' ? judges.cluster : undefined;
  const judged = judgeOnce(bytes, call, judges, cluster?.state);
  if (!(judged instanceof Promise))
    return judged.outcome === 'doubted' ? confirm(judged, bytes, call, judges, true) : judged;
  return judged.then(({ outcome, bytes: kept }) =>
    outcome.outcome === 'doubted' && kept ? confirm(outcome, kept, call, judges, false) : outcome,
  );
}

/** Keeps the body until it is settled. */
function confirm(
  first: Doubted,
  bytes: Buffer,
  call: JudgedCall,
  judges: Judges,
  isInstant: boolean,
): Outcome | Promise<Outcome | Aborted> {
  const { cluster } = judges;
  if (!cluster) return first;
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
  { webhook, deadline, isWanted }: JudgedCall,
  { policy, thread }: Judges,
  cluster: ClusterState | undefined,
): Outcome | Promise<JudgedReview> {
  const asking = cluster && { askCluster: () => cluster };
  const maxBytes = webhook === 'validate' ? maxMainThreadBytes : maxMutationBytes;
  if (bytes.length <= maxBytes) return judgeBody(bytes, webhook, policy, asking);
  if (bytes.length <= maxSmallBytes) {
    const read = webhook === 'validate' ? judgeRead(bytes, policy, { ...bounds, ...asking }) : undefined;
    if (read) return read;
    if (hasFewValues(bytes, maxMainThreadValues)) return judgeTree(bytes, webhook, policy, asking);
  }
  return thread.judge({ bytes, webhook, deadline, isWanted, cluster });
}
