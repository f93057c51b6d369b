import { parseAddress } from '../endpoints/address.ts';

/**
 * Whom a connection counts for: its IPv4 address, or the first 64 bits of its IPv6 address, since whoever has one address of such a
 * network can usually take any other.
 */
export function clientAddress(remote = ''): string {
  const text = remote.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  const address = text.includes(':') ? parseAddress(text) : undefined;
  return address?.family === 'IPv6' ? `${hextets(address.hextets)}::/64` : text;
}

function hextets(all: readonly number[]): string {
  return all
    .slice(0, 4)
    .map((value) => value.toString(16))
    .join(':');
}
