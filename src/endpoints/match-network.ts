import { type Address, embeddedIPv4, formatIPv4 } from './address.ts';

/**
 * What `find` says of an address, such as "is inside 10.0.0.0/8", or, where it says nothing, of the IPv4 address that is
 * written inside it ("contains 10.0.0.1, which is inside 10.0.0.0/8"): gateways unwrap it.
 */
export function matchNetwork(
  address: Address | undefined,
  find: (address: Address) => string | undefined,
): string | undefined {
  if (!address) return undefined;
  const problem = find(address);
  if (problem !== undefined || address.family === 'IPv4') return problem;
  const value = embeddedIPv4(address);
  if (value === undefined) return undefined;
  const inner = find({ family: 'IPv4', value });
  return inner && `contains ${formatIPv4(value)}, which ${inner}`;
}
