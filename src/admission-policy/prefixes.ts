import type { Address } from '../endpoints/address.ts';
import { formatAddress, type Network } from '../endpoints/network.ts';
import { any, literal } from './cel.ts';

/**
 * Networks in the form in which CEL looks addresses up: an address is masked to each prefix length that some network has, and the
 * result is looked up in a map. So the cost grows with the number of different lengths, not with the number of networks.
 */
export interface Prefixes {
  readonly family: Address['family'];
  readonly lengths: readonly number[];
  /** A map literal, from each network as CEL prints it to the network that messages name. */
  readonly map: string;
}

/** The networks of one family. */
export function prefixesOf(networks: readonly Network[], family: Address['family']): Prefixes {
  return prefixes(
    family,
    networks
      .filter(({ first }) => first.family === family)
      .map((network) => [network.prefix, canonical(network), canonical(network)]),
  );
}

/** The IPv4 networks as they are written in the last 32 bits of an IPv6 address whose other bits are 0. */
export function innerPrefixesOf(networks: readonly Network[]): Prefixes {
  return prefixes(
    'IPv6',
    networks.flatMap((network) => {
      const { first, prefix } = network;
      if (first.family !== 'IPv4') return [];
      const hextets = [0, 0, 0, 0, 0, 0, first.value >>> 16, first.value & 0xffff];
      return [
        [prefix + 96, `${formatAddress({ family: 'IPv6', hextets })}/${prefix + 96}`, canonical(network)] as const,
      ];
    }),
  );
}

function prefixes(
  family: Address['family'],
  entries: readonly (readonly [length: number, key: string, meant: string])[],
): Prefixes {
  const meanings = new Map(entries.map(([, key, meant]) => [key, meant]));
  const lengths = [...new Set(entries.map(([length]) => length))].sort((a, b) => b - a);
  const pairs = [...meanings].map(([key, meant]) => `${literal(key)}: ${literal(meant)}`);
  return { family, lengths, map: `{${pairs.join(', ')}}` };
}

/** Whether an address of the family is in one of the networks; `map` is an expression of theirs. */
export function isInside(address: string, { family, lengths }: Prefixes, map: string): string {
  return any(lengths.map((length) => `${keyOf(address, length, family)} in ${map}`));
}

/** The network that contains an address, where one does. */
export function networkAround(address: string, { family, lengths }: Prefixes, map: string): string {
  const keys = lengths.map((length) => keyOf(address, length, family));
  return `${map}[[${keys.join(', ')}].filter(k, k in ${map})[0]]`;
}

/** An IPv4 address has one spelling, so that /32 needs no mask. */
function keyOf(address: string, length: number, family: Address['family']): string {
  if (length === 32 && family === 'IPv4') return `${address} + "/32"`;
  const network = `cidr(${address} + "/${length}")`;
  return length === 128 ? `string(${network})` : `string(${network}.masked())`;
}

function canonical({ first, prefix }: Network): string {
  return `${formatAddress(first)}/${prefix}`;
}
