import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Webhook } from '../admission/outcome.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import { type ClusterNetworks, excerptOf, outlineOf } from '../state/excerpt.ts';
import type { HoldersQuestion, JudgedBody, JudgedOutcome } from './judge-worker.ts';

/** A review for the thread that judges large ones. */
export interface SentReview {
  /** In memory of their own, as `readBody` returns them. */
  readonly bytes: Buffer;
  readonly webhook: Webhook;
  /** Absent where there is no cluster to ask. */
  readonly cluster?: ClusterState | undefined;
  /** Whether it is about what a Service puts into service. */
  readonly isWoken?: boolean | undefined;
}

/** Takes the bytes away, and tells the thread who has the addresses that it asks about. Rejects where the thread or the signal ends it. */
export async function judgeInWorker(
  worker: Worker,
  { bytes, webhook, cluster: state, isWoken }: SentReview,
  networks: (() => ClusterNetworks) | undefined,
  signal: AbortSignal,
): Promise<JudgedOutcome> {
  const { buffer, byteOffset, length } = bytes;
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('the body is in shared memory');
  const cluster = state && networks && outlineOf(state, networks());
  const body: JudgedBody = { bytes: new Uint8Array(buffer, byteOffset, length), webhook, cluster, isWoken };
  worker.postMessage(body, [buffer]);
  for (;;) {
    const [message]: (JudgedOutcome | HoldersQuestion)[] = await once(worker, 'message', { signal });
    if (message && 'outcome' in message) return message;
    if (message && state) answerQuestion(worker, message, state);
  }
}

/** The thread stands still meanwhile. */
function answerQuestion(worker: Worker, { keys, answered }: HoldersQuestion, state: ClusterState): void {
  worker.postMessage(excerptOf(state, keys));
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
}
