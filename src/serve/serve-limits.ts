import { leastInFlightBytes } from '../server/budget.ts';
import { type Memory, mebibyte, memoryCosts, refuseBeyondMemory } from './serve-memory.ts';
import type { RunningLimits, ServeLimits } from './serve-options.ts';

/**
 * The limits that are given, and the others as large as heap and memory allow. Throws a UsageError where what is given, or the least
 * that is of use, does not fit.
 */
export function computeLimits(given: Partial<ServeLimits>, memory: Memory): ServeLimits {
  const spare = memory.all - memory.heap - memoryCosts.idle;
  const maxConnections = given.maxConnections ?? computeConnections(spare, given.maxInFlightBytes);
  const maxInFlightBytes =
    given.maxInFlightBytes ??
    Math.max(leastInFlightBytes(given.maxRequestBytes ?? 0), computeInFlightBytes(spare, given.maxConnections ?? 0));
  const maxRequestBytes = given.maxRequestBytes ?? computeRequestBytes(memory.heap, maxInFlightBytes);
  const limits = { maxRequestBytes, maxInFlightBytes, maxConnections };
  refuseBeyondMemory(limits, memory);
  return limits;
}

interface Range {
  readonly least: number;
  readonly most: number;
  /** What is computed is a multiple of it, so that a little more or less memory changes nothing. */
  readonly step: number;
}

/**
 * Requests: an API server takes 3 MiB from its clients; the two objects of an UPDATE with as many items as are read have less than 8.
 * In flight: four of the largest bodies at least, and 32 at most. Connections: API servers open one for each write under way, of which
 * each allows some hundreds.
 */
const ranges = {
  requestBytes: { least: 3 * mebibyte, most: 8 * mebibyte, step: mebibyte },
  inFlightBytes: { least: 12 * mebibyte, most: 256 * mebibyte, step: mebibyte },
  connections: { least: 100, most: 5000, step: 10 },
} as const satisfies Record<string, Range>;

/** The least of each that is of use. */
export const leastLimits: RunningLimits = {
  maxRequestBytes: ranges.requestBytes.least,
  maxInFlightBytes: ranges.inFlightBytes.least,
  maxConnections: ranges.connections.least,
  judgeHeapBytes: 64 * mebibyte,
};

/** Half of what the heap leaves is for connections, a quarter for bodies and answers, the rest for what is freed late. */
const [connectionsShare, inFlightShare] = [1 / 2, 1 / 4];

function computeConnections(spare: number, inFlightBytes: number = ranges.inFlightBytes.least): number {
  const bytes = Math.min(spare * connectionsShare, spare - inFlightBytes);
  return roundWithin(bytes / memoryCosts.connection, ranges.connections);
}

function computeInFlightBytes(spare: number, connections: number): number {
  return roundWithin(
    Math.min(spare * inFlightShare, spare - connections * memoryCosts.connection),
    ranges.inFlightBytes,
  );
}

/** A quarter of what may be in flight: one body never shuts out the others. */
function computeRequestBytes(heap: number, inFlightBytes: number): number {
  return roundWithin(
    Math.min((heap - memoryCosts.idleHeap) / memoryCosts.heapPerByte, inFlightBytes / 4),
    ranges.requestBytes,
  );
}

function roundWithin(number: number, { least, most, step }: Range): number {
  return Math.min(most, Math.max(least, Math.floor(number / step) * step));
}
