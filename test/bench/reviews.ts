import { ipv4, reviewOf, typicalAddresses, updateOf } from './bodies.ts';

const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];

/** An UPDATE that changes one address of so many. */
export function updateReview(addresses: number): Buffer {
  const after = typicalAddresses(addresses);
  const before = after.with(-1, { ...after.at(-1), ip: ipv4(addresses + 1) });
  return updateOf([{ addresses: after, ports }], [{ addresses: before, ports }]);
}

/** A CREATE of so many addresses, the last of which is a loopback address. */
export function deniedReview(addresses: number): Buffer {
  const all = typicalAddresses(addresses);
  return reviewOf([{ addresses: all.with(-1, { ...all.at(-1), ip: '127.0.0.1' }), ports }]);
}

/** So many networks, every other of IPv6, in none of which an address of the bodies is. */
export function networks(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? `172.${16 + (i >> 9)}.${(i >> 1) & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`,
  );
}
