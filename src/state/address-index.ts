import { type Address, type AddressKey, addressOf } from '../endpoints/address.ts';
import { NumberMap } from './number-map.ts';

/** Somebody who has addresses. */
export interface Held {
  readonly keys: readonly AddressKey[];
}

/**
 * Who has an address. It is asked several times for each address of an object, nearly always in vain: so an IPv6 address is looked up by a
 * hash of its numbers, and compared where one is found, since a text to look up would cost ten times as much.
 */
export class AddressIndex<H extends Held> {
  readonly #none: readonly H[] = [];
  readonly #ipv4 = new NumberMap<readonly H[]>();
  readonly #ipv6 = new NumberMap<readonly H[]>();

  at(address: Address): readonly H[] {
    if (address.family === 'IPv4') return this.#ipv4.get(address.value | 0) ?? this.#none;
    if (this.#ipv6.size === 0) return this.#none;
    const { hextets } = address;
    const found = this.#ipv6.get(hashOf(hextets));
    if (!found) return this.#none;
    for (const one of found) if (!holds(one, hextets)) return found.filter((other) => holds(other, hextets));
    return found;
  }

  /** What one object holds. A list of one is kept as it is, for each of its addresses. */
  add(held: readonly H[]): void {
    for (const one of held)
      for (const key of one.keys) {
        const { map, hash } = this.#place(key);
        const known = map.get(hash);
        if (!known?.includes(one)) map.set(hash, known ? [...known, one] : held.length === 1 ? held : [one]);
      }
  }

  take(held: readonly H[]): void {
    for (const one of held)
      for (const key of one.keys) {
        const { map, hash } = this.#place(key);
        const rest = map.get(hash)?.filter((other) => other !== one) ?? [];
        if (rest.length > 0) map.set(hash, rest);
        else map.delete(hash);
      }
  }

  #place(key: AddressKey) {
    const address = addressOf(key);
    if (address.family === 'IPv4') return { map: this.#ipv4, hash: address.value | 0 };
    return { map: this.#ipv6, hash: hashOf(address.hextets) };
  }
}

/** 32 bits: tenants do not choose the addresses that are kept. */
function hashOf(hextets: readonly number[]): number {
  let hash = 0;
  for (let i = 0; i < 8; i += 2) {
    const word = ((hextets[i] ?? 0) << 16) | (hextets[i + 1] ?? 0);
    hash = Math.imul(hash ^ (hash >>> 15) ^ word, 0x9e3779b1);
  }
  return hash;
}

function holds({ keys }: Held, hextets: readonly number[]): boolean {
  for (const key of keys) if (isKeyOf(key, hextets)) return true;
  return false;
}

function isKeyOf(key: AddressKey, hextets: readonly number[]): boolean {
  if (typeof key === 'number') return false;
  for (let i = 0; i < 8; i++) if (key.charCodeAt(i) !== hextets[i]) return false;
  return true;
}
