import { type AddressKey, addressKey, mappedIPv4, parseAddress } from '../endpoints/address.ts';

/** The addresses among some values, each once. An IPv4-mapped one, which the field of a Service may have, is the IPv4 address. */
export function addressKeys(values: readonly unknown[]): readonly AddressKey[] {
  const keys = new Set<AddressKey>();
  for (const value of values) {
    if (typeof value !== 'string') continue;
    const address = parseAddress(value);
    const key = address ? addressKey(address) : mappedIPv4(value);
    if (key !== undefined) keys.add(key);
  }
  return [...keys];
}
