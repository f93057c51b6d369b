import { UsageError } from '../cli/usage-error.ts';
import { leastInFlightBytes, mostBodyBytes } from '../server/budget.ts';
import type { ServeLimits } from './serve-options.ts';

/** In bytes. */
export interface Memory {
  /** What V8 may fill with objects. */
  readonly heap: number;
  /** What the process may use in all: the limit of its container, or what the machine has. */
  readonly all: number;
}

export const mebibyte = 1024 * 1024;

/**
 * Measured by test/memory: the worst reviews of 6 MiB need an old generation of 100 MiB, and V8 only tells the size of the whole heap, of
 * which the young one may have 96. A process without heap and requests takes less than 64 MiB, a connection less than 96 KiB.
 */
export const memoryCosts = {
  /** The part of the heap that is for the thread that judges large reviews; the main thread judges small ones only. */
  judgeHeapShare: 1 / 2,
  idleHeap: 96 * mebibyte,
  heapPerByte: 16,
  idle: 64 * mebibyte,
  connection: 96 * 1024,
} as const;

/** Throws a UsageError where the limits need more memory than there is: large requests would get the process killed. */
export function refuseBeyondMemory(
  { maxRequestBytes, maxInFlightBytes, maxConnections }: ServeLimits,
  { heap, all }: Memory,
): void {
  if (maxRequestBytes > mostBodyBytes(maxInFlightBytes))
    throw new UsageError(
      `--max-in-flight-bytes ${maxInFlightBytes} is too little for --max-request-bytes ${maxRequestBytes}, which must leave room for small requests: raise it to ${leastInFlightBytes(maxRequestBytes)}, or lower --max-request-bytes to ${mostBodyBytes(maxInFlightBytes)}`,
    );
  const { idleHeap, heapPerByte, idle, connection } = memoryCosts;
  const heapNeeded = idleHeap + heapPerByte * maxRequestBytes;
  const fitting = Math.floor((heap - idleHeap) / heapPerByte);
  if (heap < heapNeeded)
    throw new UsageError(
      `--max-request-bytes ${maxRequestBytes} needs a heap of ${inMebibytes(heapNeeded)}, and it has ${inMebibytes(heap)}: ${fitting > 0 ? `lower it to ${fitting}, or ` : ''}raise the memory limit (in the chart resources.limits.memory), or the share of it that the heap gets (nodeOptions)`,
    );
  const needed = heap + idle + maxInFlightBytes + connection * maxConnections;
  if (all < needed)
    throw new UsageError(
      `--max-in-flight-bytes ${maxInFlightBytes} and --max-connections ${maxConnections} need, beside a heap of ${inMebibytes(heap)}, memory of ${Math.ceil(needed / mebibyte)} MiB altogether, and there are ${Math.floor(all / mebibyte)} MiB: lower them, or raise the memory limit (in the chart resources.limits.memory), or lower the share of it that the heap gets (nodeOptions)`,
    );
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
