import { type AddressKey, addressKey, readStoredAddress } from '../endpoints/address.ts';

/** The addresses among some values that an API server has stored, each once. */
export function addressKeys(values: readonly unknown[]): readonly AddressKey[] {
  const keys = new Set<AddressKey>();
  for (const value of values) {
    const address = typeof value === 'string' ? readStoredAddress(value) : undefined;
    if (address) keys.add(addressKey(address));
  }
  return [...keys];
}
