import { UsageError } from '../cli/usage-error.ts';
import type { ServeOptions } from './serve-options.ts';

/** In bytes. */
export interface Memory {
  /** What V8 may fill with objects. */
  readonly heap: number;
  /** What the process may use in all: the limit of its container, or what the machine has. */
  readonly all: number;
}

const mebibyte = 1024 * 1024;

/**
 * Measured by test/memory: the worst reviews of 6 MiB need an old generation of 100 MiB, and V8 only tells the size of the whole heap, of
 * which the young one may have 96. A process without heap and requests takes less than 64 MiB, a connection less than 96 KiB.
 */
const [idleHeapBytes, heapPerByte, idleBytes, bytesPerConnection] = [96 * mebibyte, 16, 64 * mebibyte, 96 * 1024];

type Limits = Pick<ServeOptions, 'maxRequestBytes' | 'maxInFlightBytes' | 'maxConnections'>;

/** Throws a UsageError where the limits need more memory than there is: large requests would get the process killed. */
export function refuseBeyondMemory(
  { maxRequestBytes, maxInFlightBytes, maxConnections }: Limits,
  { heap, all }: Memory,
): void {
  if (maxInFlightBytes < maxRequestBytes)
    throw new UsageError(
      `--max-in-flight-bytes ${maxInFlightBytes} is less than --max-request-bytes ${maxRequestBytes}: no request of that size could be read`,
    );
  const heapNeeded = idleHeapBytes + heapPerByte * maxRequestBytes;
  if (heap < heapNeeded)
    throw new UsageError(
      `--max-request-bytes ${maxRequestBytes} needs a heap of ${inMebibytes(heapNeeded)}, and it has ${inMebibytes(heap)}: lower it to ${Math.max(0, Math.floor((heap - idleHeapBytes) / heapPerByte))}, or raise the memory limit (in the chart resources.limits.memory), or the share of it that the heap gets (nodeOptions)`,
    );
  const needed = heap + idleBytes + maxInFlightBytes + bytesPerConnection * maxConnections;
  if (all < needed)
    throw new UsageError(
      `--max-in-flight-bytes ${maxInFlightBytes} and --max-connections ${maxConnections} need, beside a heap of ${inMebibytes(heap)}, memory of ${inMebibytes(needed)} altogether, and there are ${inMebibytes(all)}: lower them, or raise the memory limit (in the chart resources.limits.memory)`,
    );
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
