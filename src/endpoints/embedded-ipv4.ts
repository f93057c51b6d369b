import type { Address } from './address.ts';
import { type Network, parseNetwork } from './network.ts';
import { createNetworkSet } from './network-set.ts';
import { quote } from './quote.ts';

type IPv6 = Extract<Address, { family: 'IPv6' }>;

/** Four bytes of an IPv6 address that are an IPv4 address. */
export interface Position {
  readonly bytes: readonly number[];
  /** Whether each bit is written as the opposite of what it is. */
  readonly inverted?: true;
}

/** Addresses in which translators and tunnels see an IPv4 address, at one of the positions. */
export interface Embedding {
  readonly network: Network;
  readonly positions: readonly Position[];
  /** Whether there is none where the last 16 bits alone are not 0: `::2` is a small number, as `::1` is. */
  readonly smallIsNone?: true;
}

/** The lengths that RFC 6052 (section 2.2) gives a prefix, the most common first. */
const prefixLengths = [96, 64, 56, 48, 40, 32];

/**
 * Where RFC 6052 puts the IPv4 address behind a prefix of this length or a longer one: right behind it, but for byte 8, which is 0.
 * Whatever stands in that byte, and in those behind the address, is ignored by translators.
 */
function nat64Positions(length: number): readonly Position[] {
  const behind = prefixLengths.filter((one) => one >= length).map((one) => one / 8);
  return behind.map((first) => ({
    bytes: [0, 1, 2, 3].map((i) => first + i + (first <= 8 && first + i >= 8 ? 1 : 0)),
  }));
}

const last: Position = { bytes: [12, 13, 14, 15] };

const embedding = (text: string, ...positions: readonly Position[]) => ({ network: parseNetwork(text), positions });

/** The API server accepts all of them. Beside these there is ISATAP, which is no network. */
export const embeddings: readonly Embedding[] = [
  { ...embedding('::/96', last), smallIsNone: true }, // IPv4-compatible: RFC 4291
  embedding('::ffff:0:0:0/96', last), // IPv4-translated: RFC 2765
  embedding('64:ff9b::/96', last), // NAT64: RFC 6052
  embedding('64:ff9b:1::/48', ...nat64Positions(48)), // NAT64 for local use, of which the translator's prefix is a part: RFC 8215
  embedding('2002::/16', { bytes: [2, 3, 4, 5] }), // 6to4: RFC 3056
  embedding('2001::/32', { bytes: [4, 5, 6, 7] }, { ...last, inverted: true }), // Teredo, its server and its client: RFC 4380
];

/** ISATAP: RFC 5214. */
export const isatap = { hextet: 5, value: 0x5efe, position: last };

/** The IPv4 addresses that are written inside an address; none for most. */
export type ReadEmbedded = (address: IPv6) => readonly number[];

const none: readonly number[] = [];

/** `nat64`: the networks of an operator's own NAT64 prefixes. */
export function createEmbeddedReader(nat64: readonly Network[]): ReadEmbedded {
  const behindOwn = nat64Embeddings(nat64);
  const all = [...embeddings, ...behindOwn];
  const own = createNetworkSet(behindOwn.map((one) => ({ ...one.network, ...one })));
  const beginnings = Int32Array.from(
    new Set(all.flatMap(({ network: { first } }) => (first.family === 'IPv6' ? beginningOf(first.hextets) : []))),
  );
  return (address) => {
    const { hextets } = address;
    const isWritten = hextets[isatap.hextet] === isatap.value;
    if (!isWritten && hextets[0] !== 0x2002 && !holds(beginnings, beginningOf(hextets))) return none;
    const values: number[] = [];
    for (const one of embeddings)
      if (one.network.contains(address) && !(one.smallIsNone && hextets[6] === 0))
        values.push(...valuesAt(one.positions, hextets));
    const behind = own.find(address);
    if (behind) values.push(...valuesAt(behind.positions, hextets));
    if (isWritten) values.push(valueAt(isatap.position, hextets));
    return values;
  };
}

/** The first 32 bits, which all networks have but that of 6to4. */
function beginningOf(hextets: readonly number[]): number {
  return ((hextets[0] ?? 0) << 16) | (hextets[1] ?? 0);
}

/** What nearly every address is asked: a loop takes half of what `includes` does. */
function holds(values: Int32Array, wanted: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] === wanted) return true;
  return false;
}

/**
 * Of several positions those at which more than zeros begin: beside the address there is hardly anything else, and every one that is
 * written would also be read as one of 0.0.0.0/8.
 */
function valuesAt(positions: readonly Position[], hextets: readonly number[]): readonly number[] {
  const values = positions.map((position) => valueAt(position, hextets));
  if (values.length === 1) return values;
  const written = values.filter((value) => value > 0xffffff);
  return written.length > 0 ? written : values;
}

function valueAt({ bytes, inverted }: Position, hextets: readonly number[]): number {
  let value = 0;
  for (const i of bytes) value = value * 256 + (((hextets[i >> 1] ?? 0) >> (i % 2 === 0 ? 8 : 0)) & 0xff);
  return inverted ? 0xffffffff - value : value;
}

/** Of an operator's own prefixes. A network inside another adds no position. */
export function nat64Embeddings(networks: readonly Network[]): readonly Embedding[] {
  const outermost = networks.filter(
    ({ first, prefix }) => !networks.some((other) => other.prefix < prefix && other.contains(first)),
  );
  return outermost.map((network) => ({ network, positions: nat64Positions(network.prefix) }));
}

/** Reads a network of NAT64 prefixes; throws an Error that names the text where it is none. */
export function parseNat64Prefix(text: string): Network {
  const network = parseNetwork(text);
  const { first, prefix } = network;
  if (first.family === 'IPv4' || prefix < 32 || prefix > 96)
    throw new Error(`${quote(text)} is not a NAT64 prefix: write an IPv6 network with a prefix from 32 to 96`);
  return network;
}
