import { type Address, formatIPv4 } from './address.ts';
import type { ReadEmbedded } from './embedded-ipv4.ts';

/** What is wrong with an address, such as "is inside 10.0.0.0/8", and which address that is: itself, or one inside it. */
export interface Match {
  readonly address: Address;
  readonly problem: string;
}

/**
 * What `find` says of an address, or, where it says nothing, of an IPv4 address that is written inside it ("contains 10.0.0.1, which is
 * inside 10.0.0.0/8"): gateways unwrap it.
 */
export function matchAddress(
  address: Address | undefined,
  find: (address: Address) => string | undefined,
  readEmbedded: ReadEmbedded,
): Match | undefined {
  if (!address) return undefined;
  const problem = find(address);
  if (problem !== undefined) return { address, problem };
  if (address.family === 'IPv4') return undefined;
  for (const value of readEmbedded(address)) {
    const inner: Address = { family: 'IPv4', value };
    const found = find(inner);
    if (found) return { address: inner, problem: `contains ${formatIPv4(value)}, which ${found}` };
  }
  return undefined;
}
