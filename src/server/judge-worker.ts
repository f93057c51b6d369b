import { getHeapStatistics } from 'node:v8';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { judgeBody } from '../admission/judge-body.ts';
import type { Outcome, Webhook } from '../admission/outcome.ts';
import type { AddressKey } from '../endpoints/address.ts';
import type { AskCluster } from '../endpoints/cluster-state.ts';
import { embeddedReaders } from '../policy/embedded-readers.ts';
import { type Policy, parsePolicy } from '../policy/policy.ts';
import { addressesLookedUp } from '../state/addresses-looked-up.ts';
import { type Excerpt, type Outline, recallCluster } from '../state/excerpt.ts';

// The thread that judges large reviews: see judge-thread.ts. All of its reviews are judged by one policy.

/** A body that is handed to the thread. Its memory goes along. */
export interface JudgedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly webhook: Webhook;
  /** Absent where there is no cluster to ask. Who has which address the thread asks for. */
  readonly cluster?: Outline | undefined;
  readonly isWoken?: boolean | undefined;
}

/** Asked before a body has been judged. The thread waits until `answered` is not 0: then there is an Excerpt. */
export interface HoldersQuestion {
  readonly keys: readonly AddressKey[];
  readonly answered: Int32Array;
}

/** What became of it. */
export interface JudgedOutcome {
  readonly outcome: Outcome;
  /** The body of a review that may have to be judged again. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** What the heap of the thread has taken of the memory, in bytes. V8 gives little of it back. */
  readonly heapBytes: number;
}

/** What the thread gets of the policy that the main thread has parsed. */
export type PolicyData = Pick<Policy, 'source' | 'extraServiceLabels'>;

/** Where it is no thread there is nobody to judge for: an image runs the file once to have it compiled. */
if (parentPort) judgeFor(parentPort, workerData);

function judgeFor(port: MessagePort, { source, extraServiceLabels }: PolicyData): void {
  const { policy } = parsePolicy(source, extraServiceLabels);
  const askOf = policy && createAsking(port, policy);
  port.on('message', ({ bytes, webhook, cluster, isWoken }: JudgedBody) => {
    if (!policy) throw new Error('the policy cannot be parsed again');
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const outcome = judgeBody(body, webhook, policy, { askCluster: cluster && askOf?.(cluster), isWoken });
    const heapBytes = getHeapStatistics().total_heap_size;
    if (outcome.outcome !== 'doubted') port.postMessage({ outcome, heapBytes } satisfies JudgedOutcome);
    else port.postMessage({ outcome, bytes, heapBytes } satisfies JudgedOutcome, [bytes.buffer]);
  });
}

function createAsking(port: MessagePort, policy: Policy): (outline: Outline) => AskCluster {
  const readers = embeddedReaders(policy);
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const ask = (keys: readonly AddressKey[]): Excerpt => {
    Atomics.store(answered, 0, 0);
    port.postMessage({ keys, answered } satisfies HoldersQuestion);
    Atomics.wait(answered, 0, 0); // whoever judges too long is ended by the main thread
    const received = receiveMessageOnPort(port);
    if (!received) throw new Error('the main thread has not said who has which address');
    return received.message;
  };
  return (outline) => (view) => recallCluster(outline, addressesLookedUp(view, readers), ask);
}
