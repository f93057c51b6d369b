import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { judgeBody } from '../admission/judge-body.ts';
import type { Outcome, Webhook } from '../admission/outcome.ts';
import { parsePolicy } from '../policy/policy.ts';

// The thread that judges large reviews: see judge-thread.ts. It gets the content of the policy file, which the main thread has parsed.

/** A body that is handed to the thread. Its memory goes along. */
export interface JudgedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly webhook: Webhook;
}

/** What became of it. */
export interface JudgedOutcome {
  readonly outcome: Outcome;
  /** What the heap of the thread has taken of the memory, in bytes. V8 gives little of it back. */
  readonly heapBytes: number;
}

/** What the thread gets of its options. */
export interface PolicyData {
  readonly policySource: unknown;
  readonly extraServiceLabels: readonly string[];
}

const { policySource, extraServiceLabels }: PolicyData = workerData;
const { policy } = parsePolicy(policySource, extraServiceLabels);

parentPort?.on('message', ({ bytes, webhook }: JudgedBody) => {
  if (!policy) throw new Error('the policy cannot be parsed again');
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const outcome = judgeBody(body, webhook, policy);
  parentPort?.postMessage({ outcome, heapBytes: getHeapStatistics().total_heap_size } satisfies JudgedOutcome);
});
