import { readIPv4 } from './ipv4.ts';

/**
 * An IP address as a value: IPv4 as an unsigned 32-bit number, IPv6 as eight 16-bit numbers.
 *
 * The reader is our own because it is what we exist for: every spelling that Kubernetes, kube-proxy, libc or JavaScript
 * read differently is refused here, and it must cost nanoseconds. Networks (network.ts) are read with it too.
 */
export type Address =
  | { readonly family: 'IPv4'; readonly value: number }
  | { readonly family: 'IPv6'; readonly hextets: readonly number[] };

/** Reads an address in a spelling on which all readers agree; `undefined` for anything else. */
export function parseAddress(text: string): Address | undefined {
  const value = readIPv4((i) => text.charCodeAt(i), 0, text.length);
  if (value >= 0) return { family: 'IPv4', value };
  const hextets = readIPv6(text);
  return hextets === undefined || isMapped(hextets) ? undefined : { family: 'IPv6', hextets };
}

/** An address as a value that can be looked up. Not for people: it is made to be compared. */
export type AddressKey = number | string;

/** Equal for equal addresses, however they are spelled. */
export function addressKey(address: Address): AddressKey {
  return address.family === 'IPv4' ? address.value : String.fromCharCode.apply(undefined, address.hextets as number[]);
}

export function addressOf(key: AddressKey): Address {
  if (typeof key === 'number') return { family: 'IPv4', value: key };
  return { family: 'IPv6', hextets: Array.from(key, (_, i) => key.charCodeAt(i)) };
}

/** Dotted decimal. */
export function formatIPv4(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** The IPv4 address that is written IPv4-mapped (`::ffff:10.1.2.3`), which is no address here; `undefined` for anything else. */
export function mappedIPv4(text: string): number | undefined {
  const hextets = readIPv6(text);
  return hextets !== undefined && isMapped(hextets) ? pair(hextets, 6) : undefined;
}

/**
 * The same for what an API server has stored, where its older versions took more: leading zeros, which are decimal to all of Kubernetes, and
 * IPv4-mapped addresses.
 */
export function readStoredAddress(text: string): Address | undefined {
  const address = parseAddress(text);
  if (address || text.length > maxStoredLength) return address;
  const plain = text.replace(/\b0+(?=\d)/g, '');
  const mapped = mappedIPv4(plain);
  return mapped === undefined ? parseAddress(plain) : { family: 'IPv4', value: mapped };
}

/** No field of an API server holds a longer address. */
const maxStoredLength = 256;

function isMapped(hextets: readonly number[]): boolean {
  return hextets[5] === 0xffff && hextets.every((hextet, i) => i > 4 || hextet === 0);
}

function pair(hextets: readonly number[], index: number): number {
  return (((hextets[index] ?? 0) << 16) | (hextets[index + 1] ?? 0)) >>> 0;
}

/** Any RFC 4291 spelling, a dotted tail included; no zone, no brackets, no hextet over four digits. */
function readIPv6(text: string): readonly number[] | undefined {
  if (text.length < 2 || text.length > 45) return undefined;
  const hextets = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === 58) {
    if (text.charCodeAt(1) !== 58) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    const start = i;
    let hextet = 0;
    for (; i < text.length; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0) break;
      hextet = hextet * 16 + digit;
    }
    if (text.charCodeAt(i) === 46) {
      const tail = readIPv4((i) => text.charCodeAt(i), start, text.length);
      if (tail < 0 || count > 6) return undefined;
      hextets[count++] = tail >>> 16;
      hextets[count++] = tail & 0xffff;
      break;
    }
    if (i === start || i - start > 4 || count > 7) return undefined;
    hextets[count++] = hextet;
    if (i === text.length) break;
    if (text.charCodeAt(i++) !== 58 || i === text.length) return undefined;
    if (text.charCodeAt(i) === 58) {
      if (gap >= 0) return undefined;
      gap = count;
      i++;
    }
  }
  if (gap < 0) return count === 8 ? hextets : undefined;
  return count < 8 ? hextets.copyWithin(gap + 8 - count, gap, count).fill(0, gap, gap + 8 - count) : undefined;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
