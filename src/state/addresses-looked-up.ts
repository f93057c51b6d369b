import { type AddressKey, addressKey } from '../endpoints/address.ts';
import type { ReadEmbedded } from '../endpoints/embedded-ipv4.ts';
import type { View } from '../endpoints/view.ts';

/** Every address of which rules may ask who has it: each that is listed, and the IPv4 addresses inside them. Some come more than once. */
export function* addressesLookedUp({ subsets }: View, readers: readonly ReadEmbedded[]): Iterable<AddressKey> {
  for (const { addresses } of subsets)
    for (const { address } of addresses) {
      if (!address) continue;
      yield addressKey(address);
      if (address.family === 'IPv6') for (const read of readers) yield* read(address);
    }
}
