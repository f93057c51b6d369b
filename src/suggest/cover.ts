import type { Address } from '../endpoints/address.ts';
import { hextetsOf, numberOf } from '../endpoints/address-number.ts';
import { type Network, networkAround } from '../endpoints/network.ts';

const families = {
  IPv4: { bits: 32, prefix: 16 },
  IPv6: { bits: 128, prefix: 64 },
} as const;

/** The smallest networks that contain the addresses, none of them narrower than /16 (IPv4) or /64 (IPv6): a cluster's networks rarely are. */
export function cover(addresses: Iterable<Address>): readonly Network[] {
  const indexes = { IPv4: new Set<bigint>(), IPv6: new Set<bigint>() };
  for (const address of addresses) {
    const { bits, prefix } = families[address.family];
    indexes[address.family].add(numberOf(address) >> BigInt(bits - prefix));
  }
  return [...join('IPv4', indexes.IPv4), ...join('IPv6', indexes.IPv6)];
}

/** Two halves of a network become that network. */
function join(family: Address['family'], indexes: ReadonlySet<bigint>): readonly Network[] {
  const { bits } = families[family];
  const found: Network[] = [];
  let prefix: number = families[family].prefix;
  for (let here = indexes; here.size > 0; prefix--) {
    const above = new Set<bigint>();
    for (const index of here) {
      if (prefix > 0 && here.has(index ^ 1n)) above.add(index >> 1n);
      else found.push(networkAround(addressAt(family, index << BigInt(bits - prefix)), prefix));
    }
    here = above;
  }
  return found;
}

function addressAt(family: Address['family'], number: bigint): Address {
  if (family === 'IPv4') return { family, value: Number(number) };
  return { family, hextets: hextetsOf(number) };
}
