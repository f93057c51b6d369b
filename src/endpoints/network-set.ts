import type { Address } from './address.ts';
import { hextetsOf, numberOf } from './address-number.ts';
import type { Network } from './network.ts';

/** Networks to look addresses up in: the cost grows with the logarithm of their number, and a look-up allocates nothing. */
export interface NetworkSet<N extends Network = Network> {
  /** The smallest network that contains the address; of equal ones the first that was given. */
  find(address: Address): N | undefined;
}

export function createNetworkSet<N extends Network>(networks: readonly N[]): NetworkSet<N> {
  const ipv4 = intervals(networks, 'IPv4');
  const ipv6 = intervals(networks, 'IPv6');
  const starts4 = Uint32Array.from(ipv4, ({ start }) => Number(start));
  const starts6 = Uint16Array.from(ipv6.flatMap(({ start }) => hextetsOf(start)));
  let count = 0; // up to the last IPv4 address: the next one is likely to be near it
  const isNear = (value: number) =>
    (count === 0 || (starts4[count - 1] ?? 0) <= value) && (count === starts4.length || value < (starts4[count] ?? 0));
  return {
    find(address) {
      if (address.family === 'IPv6') return last(ipv6, countUpToIPv6(starts6, address.hextets));
      if (!isNear(address.value)) count = countUpToIPv4(starts4, address.value);
      return last(ipv4, count);
    },
  };
}

/** The network of the last of so many intervals. An index of -1 would cost more than the search. */
function last<N>(intervals: readonly Interval<N>[], count: number): N | undefined {
  return count > 0 ? intervals[count - 1]?.network : undefined;
}

/** From `start` to the next interval's start, `network` is the smallest around. */
interface Interval<N> {
  readonly start: bigint;
  readonly network: N | undefined;
}

interface Span<N> {
  readonly first: bigint;
  readonly last: bigint;
  readonly network: N;
}

/** Networks are nested or apart, never across each other: a stack of those that are open cuts the line into intervals. */
function intervals<N extends Network>(networks: readonly N[], family: Address['family']): readonly Interval<N>[] {
  const bits = family === 'IPv4' ? 32n : 128n;
  const open: Span<N>[] = [];
  const found: Interval<N>[] = [];
  const cut = (start: bigint) => {
    if (found.at(-1)?.start === start) found.pop();
    if (start < 1n << bits) found.push({ start, network: open.at(-1)?.network });
  };
  const closeBefore = (first: bigint) => {
    for (let inner = open.at(-1); inner && inner.last < first; inner = open.at(-1)) {
      open.pop();
      cut(inner.last + 1n);
    }
  };
  const spans = networks.filter(({ first }) => first.family === family).map(spanOf);
  for (const span of spans.sort((a, b) => order(a.first, b.first) || order(b.last, a.last))) {
    closeBefore(span.first);
    const around = open.at(-1);
    if (around?.first === span.first && around.last === span.last) continue; // the same network again
    open.push(span);
    cut(span.first);
  }
  closeBefore(1n << bits);
  return found;
}

function spanOf<N extends Network>(network: N): Span<N> {
  const { first: address, prefix } = network;
  const first = numberOf(address);
  const size = 1n << BigInt((address.family === 'IPv4' ? 32 : 128) - prefix);
  return { first, last: first + size - 1n, network };
}

function order(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** How many of the ascending starts are at or below the value. */
function countUpToIPv4(starts: Uint32Array, value: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same; a start is eight numbers. */
function countUpToIPv6(starts: Uint16Array, hextets: readonly number[]): number {
  let low = 0;
  let high = starts.length >>> 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    let i = 0;
    while (i < 7 && starts[8 * middle + i] === hextets[i]) i++;
    if ((starts[8 * middle + i] ?? 0) <= (hextets[i] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
