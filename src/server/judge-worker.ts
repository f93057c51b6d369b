import { getHeapStatistics } from 'node:v8';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
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

/** Where it is no thread there is nobody to judge for: an image runs the file once to have it compiled. */
if (parentPort) judgeFor(parentPort, workerData);

function judgeFor(port: MessagePort, { policySource, extraServiceLabels }: PolicyData): void {
  const { policy } = parsePolicy(policySource, extraServiceLabels);
  port.on('message', ({ bytes, webhook }: JudgedBody) => {
    if (!policy) throw new Error('the policy cannot be parsed again');
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const outcome = judgeBody(body, webhook, policy);
    port.postMessage({ outcome, heapBytes: getHeapStatistics().total_heap_size } satisfies JudgedOutcome);
  });
}
