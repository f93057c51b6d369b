import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from './address.ts';

/** A network and how it is written. */
export interface Network {
  readonly text: string;
  contains(address: Address): boolean;
}

/** Reads a CIDR such as `10.0.0.0/8`; throws an Error that names the text where it is none, or has bits set beyond its prefix. */
export function parseNetwork(text: string): Network {
  const base = parseAddress(text.slice(0, Math.max(text.indexOf('/'), 0)));
  if (base === undefined || !ipaddr.isValidCIDR(text))
    throw new Error(`${JSON.stringify(text)} is not a network such as 10.0.0.0/8`);
  const [parsed, length] = ipaddr.parseCIDR(text);
  const family = parsed.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = family.networkAddressFromCIDR(text).toString();
  if (first !== parsed.toString())
    throw new Error(`${JSON.stringify(text)} has bits set beyond its prefix: write ${first}/${length}`);
  return { text, contains: base.family === 'IPv4' ? insideIPv4(base.value, length) : insideIPv6(base.hextets, length) };
}

function insideIPv4(base: number, length: number): (address: Address) => boolean {
  const size = 2 ** (32 - length);
  return (address) => address.family === 'IPv4' && address.value >= base && address.value - base < size;
}

function insideIPv6(base: readonly number[], length: number): (address: Address) => boolean {
  const masks = base.map((_, i) => 0xffff & ~(0xffff >>> Math.min(Math.max(length - 16 * i, 0), 16)));
  return (address) =>
    address.family === 'IPv6' && masks.every((mask, i) => ((address.hextets[i] ?? 0) & mask) === base[i]);
}
