import { type Address, type AddressKey, addressKey } from '../endpoints/address.ts';
import { AddressIndex, type Held } from './address-index.ts';
import type { ObjectId } from './object-id.ts';

export type { Held } from './address-index.ts';

/** Who has which address: looked up by the address, and replaced by the object that says so. */
export class AddressTable<H extends Held> {
  /** By namespace and name: a text of both for each object would take as much as all else that is kept of it. */
  readonly #objects = new Map<string, Map<string, readonly H[]>>();
  readonly #index = new AddressIndex<H>();
  readonly #waiting = new Map<AddressKey, Set<() => void>>();
  /** What has been put since `begin`, up to `end`. */
  #listed: Set<readonly H[]> | undefined;
  #size = 0;

  /** How many objects hold something. */
  get size(): number {
    return this.#size;
  }

  /** All that is held, object by object. */
  *[Symbol.iterator](): Iterator<H> {
    for (const objects of this.#objects.values()) for (const held of objects.values()) yield* held;
  }

  at(address: Address): readonly H[] {
    return this.#index.at(address);
  }

  /** What an object holds from now on. One that holds nothing is not kept. */
  put(id: ObjectId, held: readonly H[]): void {
    const known = this.#objects.get(id.namespace)?.get(id.name);
    if (known && isSame(known, held)) {
      this.#listed?.add(known);
      return;
    }
    this.remove(id);
    if (held.length === 0) return;
    this.#keep(id, held);
    this.#index.add(held);
    if (this.#waiting.size > 0) for (const { keys } of held) for (const key of keys) this.#wake(key);
  }

  remove({ namespace, name }: Pick<ObjectId, 'namespace' | 'name'>): void {
    const objects = this.#objects.get(namespace);
    const known = objects?.get(name);
    if (!objects || !known) return;
    objects.delete(name);
    if (objects.size === 0) this.#objects.delete(namespace);
    this.#size--;
    this.#index.take(known);
  }

  begin(): void {
    this.#listed = new Set();
  }

  /** Removes what has not been put since `begin`. */
  end(): void {
    const listed = this.#listed;
    if (!listed) return;
    this.#listed = undefined;
    for (const [namespace, objects] of this.#objects)
      for (const [name, held] of objects) if (!listed.has(held)) this.remove({ namespace, name });
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

  #keep({ namespace, name }: ObjectId, held: readonly H[]): void {
    const objects = this.#objects.get(namespace) ?? new Map<string, readonly H[]>();
    this.#objects.set(namespace, objects.set(name, held));
    this.#listed?.add(held);
    this.#size++;
  }

  #wake(key: AddressKey): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#waiting.delete(key);
    for (const then of waiting) then();
  }
}

/** An object is written often, and seldom with other addresses. */
function isSame<H extends Held>(before: readonly H[], after: readonly H[]): boolean {
  return before.length === after.length && before.every((one, i) => JSON.stringify(one) === JSON.stringify(after[i]));
}
