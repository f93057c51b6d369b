import { quote } from './quote.ts';

/** Ports of one protocol, and how they are written. */
export interface PortRange {
  readonly text: string;
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** Port ranges to look ports up in. Protocols are compared whatever their case. */
export interface PortSet<R extends PortRange = PortRange> {
  /** A range that the port is in. */
  find(protocol: string, port: number): R | undefined;
  /** All ranges of a protocol, as they were given. */
  of(protocol: string): readonly R[];
  /** All ranges, as they were given. */
  readonly all: readonly R[];
}

/** Reads `TCP/10250` or `TCP/2379-2380`; throws an Error that names the text where it is neither. */
export function parsePortRange(text: string): PortRange {
  const [, protocol = '', from = '', to = from] =
    /^(TCP|UDP|SCTP)\/([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text) ?? [];
  if (protocol === '') throw new Error(`${quote(text)} is not a port such as TCP/10250 or TCP/2379-2380${hint(text)}`);
  const [first, last] = [Number(from), Number(to)];
  if (Math.max(first, last) > 65535) throw new Error(`${quote(text)} goes beyond the last port, 65535`);
  if (first > last) throw new Error(`${quote(text)} ends before it begins: write ${protocol}/${last}-${first}`);
  return { text, protocol, first, last };
}

function hint(text: string): string {
  if (/^[0-9-]+$/.test(text)) return `: write TCP/${text} if TCP is meant`;
  if (/^(tcp|udp|sctp)\//i.test(text) && text !== text.toUpperCase()) return ': write the protocol in capitals';
  return '';
}

export function createPortSet<R extends PortRange>(ranges: readonly R[]): PortSet<R> {
  const protocols = new Map(['TCP', 'UDP', 'SCTP'].map((name) => [name, listed(ranges, name)] as const));
  const of = (protocol: string) => protocols.get(protocol) ?? protocols.get(protocol.toUpperCase());
  return {
    find: (protocol, port) => findIn(of(protocol)?.ascending ?? [], port),
    of: (protocol) => of(protocol)?.given ?? [],
    all: ranges,
  };
}

function listed<R extends PortRange>(ranges: readonly R[], protocol: string) {
  const given = ranges.filter((range) => range.protocol === protocol);
  const ascending: R[] = [];
  for (const range of given.toSorted((a, b) => a.first - b.first))
    if (range.last > (ascending.at(-1)?.last ?? 0)) ascending.push(range); // the others lie within an earlier one
  return { given, ascending };
}

/** Binary search: first and last ports both ascend. */
function findIn<R extends PortRange>(ranges: readonly R[], port: number): R | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined || port < range.first) high = middle;
    else if (port > range.last) low = middle + 1;
    else return range;
  }
  return undefined;
}
