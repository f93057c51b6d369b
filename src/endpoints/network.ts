import ipaddr from 'ipaddr.js';
import { type Address, formatIPv4, mappedIPv4, parseAddress, readStoredAddress } from './address.ts';
import { quote } from './quote.ts';

/** A network and how it is written. */
export interface Network {
  readonly text: string;
  /** Its lowest address. */
  readonly first: Address;
  /** How many leading bits its addresses share: 0 to 32 (IPv4) or 128 (IPv6). */
  readonly prefix: number;
  contains(address: Address): boolean;
}

/**
 * Reads a CIDR such as `10.0.0.0/8`; throws an Error that names the text where it is none, or has bits set beyond its prefix.
 *
 * Base and mask are our own reader's: ipaddr.js takes `::1.2.3.4/128` for a network of IPv4-mapped addresses.
 */
export function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const base = slash < 0 ? text : text.slice(0, slash);
  const prefix = slash < 0 ? undefined : readPrefix(text.slice(slash + 1));
  const address = parseAddress(base);
  if (address === undefined) throw new Error(`${quote(text)} is not a network${explain(base, prefix)}`);
  const bits = address.family === 'IPv4' ? 32 : 128;
  if (slash < 0) throw new Error(`${quote(text)} is not a network: write ${text}/${bits} for this one address`);
  if (prefix === undefined || prefix > bits)
    throw new Error(`${quote(text)} is not a network: write a prefix from 0 to ${bits}`);
  const first = lowest(address, prefix);
  const contains = first.family === 'IPv4' ? insideIPv4(first.value, prefix) : insideIPv6(first.hextets, prefix);
  if (!isSame(first, address))
    throw new Error(`${quote(text)} has bits set beyond its prefix: write ${formatAddress(first)}/${prefix}`);
  return { text, first, prefix, contains };
}

/** The same for a CIDR that an API server has stored, such as a Node's: bits beyond the prefix do not matter there. `undefined` where it is none. */
export function readNetwork(text: string): Network | undefined {
  const [base = '', rest = ''] = text.split('/', 2);
  const address = readStoredAddress(base);
  const written = readPrefix(rest.replace(/^0+(?=\d)/, '')) ?? -1;
  const prefix = address?.family === 'IPv4' && base.includes(':') ? written - 96 : written;
  if (!address || prefix < 0 || prefix > (address.family === 'IPv4' ? 32 : 128)) return undefined;
  return { ...networkAround(address, prefix), text };
}

/** The network of so many bits that contains an address. */
export function networkAround(address: Address, prefix: number): Network {
  return parseNetwork(`${formatAddress(lowest(address, prefix))}/${prefix}`);
}

/** Decimal, as everybody reads it: `/010` is 8 to some. */
function readPrefix(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined;
}

function explain(base: string, prefix: number | undefined): string {
  const mapped = mappedIPv4(base);
  if (mapped === undefined) return ' such as 10.0.0.0/8 or 2001:db8::/32';
  const network = prefix !== undefined && prefix >= 96 && prefix <= 128 ? `/${prefix - 96}` : '/32';
  return `: it is an IPv4 network written as IPv6, write ${formatIPv4(mapped)}${network}`;
}

function lowest(address: Address, prefix: number): Address {
  if (address.family === 'IPv6')
    return { family: 'IPv6', hextets: address.hextets.map((hextet, i) => hextet & mask(prefix, i)) };
  const size = 2 ** (32 - prefix);
  return { family: 'IPv4', value: address.value - (address.value % size) };
}

/** Which bits of the hextet at `index` belong to the prefix. */
function mask(prefix: number, index: number): number {
  return 0xffff & ~(0xffff >>> Math.min(Math.max(prefix - 16 * index, 0), 16));
}

function isSame(a: Address, b: Address): boolean {
  if (a.family === 'IPv4') return b.family === 'IPv4' && a.value === b.value;
  return b.family === 'IPv6' && a.hextets.every((hextet, i) => hextet === b.hextets[i]);
}

/** As RFC 5952 and Go have it: of equally long runs of zeros, the first is left out. */
export function formatAddress(address: Address): string {
  return address.family === 'IPv4' ? formatIPv4(address.value) : new ipaddr.IPv6([...address.hextets]).toString();
}

function insideIPv4(first: number, prefix: number): (address: Address) => boolean {
  const size = 2 ** (32 - prefix);
  return (address) => address.family === 'IPv4' && address.value >= first && address.value - first < size;
}

function insideIPv6(first: readonly number[], prefix: number): (address: Address) => boolean {
  const masks = first.map((_, i) => mask(prefix, i));
  return (address) =>
    address.family === 'IPv6' && masks.every((bits, i) => ((address.hextets[i] ?? 0) & bits) === first[i]);
}
