import { type Address, formatIPv4 } from './address.ts';
import type { ReadEmbedded } from './embedded-ipv4.ts';

/**
 * What `find` says of an address, such as "is inside 10.0.0.0/8", or, where it says nothing, of an IPv4 address that is
 * written inside it ("contains 10.0.0.1, which is inside 10.0.0.0/8"): gateways unwrap it.
 */
export function matchNetwork(
  address: Address | undefined,
  find: (address: Address) => string | undefined,
  readEmbedded: ReadEmbedded,
): string | undefined {
  if (!address) return undefined;
  const problem = find(address);
  if (problem !== undefined || address.family === 'IPv4') return problem;
  for (const value of readEmbedded(address)) {
    const inner = find({ family: 'IPv4', value });
    if (inner) return `contains ${formatIPv4(value)}, which ${inner}`;
  }
  return undefined;
}
