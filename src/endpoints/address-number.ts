import type { Address } from './address.ts';

/** An address as one number, of 32 or of 128 bits. */
export function numberOf(address: Address): bigint {
  if (address.family === 'IPv4') return BigInt(address.value);
  return address.hextets.reduce((value, hextet) => (value << 16n) | BigInt(hextet), 0n);
}

export function hextetsOf(number: bigint): number[] {
  return Array.from({ length: 8 }, (_, i) => Number((number >> BigInt(112 - 16 * i)) & 0xffffn));
}
