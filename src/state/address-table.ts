import { type Address, type AddressKey, addressKey } from '../endpoints/address.ts';

/** Somebody who has addresses. */
export interface Held {
  readonly keys: readonly AddressKey[];
}

interface Entry<H> {
  readonly held: readonly H[];
  round: number;
}

/** Who has which address: looked up by the address, and replaced by the object that says so. */
export class AddressTable<H extends Held> {
  readonly #none: readonly H[] = [];
  readonly #objects = new Map<string, Entry<H>>();
  readonly #byAddress = new Map<AddressKey, readonly H[]>();
  readonly #waiting = new Map<AddressKey, Set<() => void>>();
  #round = 0;

  /** How many objects hold something. */
  get size(): number {
    return this.#objects.size;
  }

  /** All that is held, object by object. */
  *[Symbol.iterator](): Iterator<H> {
    for (const { held } of this.#objects.values()) yield* held;
  }

  at(address: Address): readonly H[] {
    return this.#byAddress.get(addressKey(address)) ?? this.#none;
  }

  /** What the object with this id holds from now on. One that holds nothing is not kept. */
  put(id: string, held: readonly H[]): void {
    const known = this.#objects.get(id);
    if (known && isSame(known.held, held)) {
      known.round = this.#round;
      return;
    }
    this.remove(id);
    if (held.length === 0) return;
    this.#objects.set(id, { held, round: this.#round });
    for (const one of held) for (const key of one.keys) this.#add(key, one);
    if (this.#waiting.size > 0) for (const one of held) for (const key of one.keys) this.#wake(key);
  }

  remove(id: string): void {
    const known = this.#objects.get(id);
    if (!known) return;
    this.#objects.delete(id);
    for (const one of known.held) for (const key of one.keys) this.#take(key, one);
  }

  begin(): void {
    this.#round++;
  }

  /** Removes what has not been put since `begin`. */
  end(): void {
    for (const [id, { round }] of this.#objects) if (round !== this.#round) this.remove(id);
  }

  /** Calls `then` once, as soon as somebody has the address who had it not. Returns what ends the waiting. */
  onceHeld(address: Address, then: () => void): () => void {
    const key = addressKey(address);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(then));
    return () => {
      waiting.delete(then);
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    };
  }

  #add(key: AddressKey, one: H): void {
    const known = this.#byAddress.get(key);
    this.#byAddress.set(key, known ? [...known, one] : [one]);
  }

  #wake(key: AddressKey): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#waiting.delete(key);
    for (const then of waiting) then();
  }

  #take(key: AddressKey, one: H): void {
    const rest = this.#byAddress.get(key)?.filter((other) => other !== one) ?? [];
    if (rest.length > 0) this.#byAddress.set(key, rest);
    else this.#byAddress.delete(key);
  }
}

/** An object is written often, and seldom with other addresses. */
function isSame<H extends Held>(before: readonly H[], after: readonly H[]): boolean {
  return before.length === after.length && before.every((one, i) => JSON.stringify(one) === JSON.stringify(after[i]));
}
