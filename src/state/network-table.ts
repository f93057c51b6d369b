import type { Address } from '../endpoints/address.ts';
import { readNetwork } from '../endpoints/network.ts';
import { createNetworkSet, type NetworkSet } from '../endpoints/network-set.ts';
import type { ObjectId } from './object-id.ts';

/** Networks that objects name which are in no namespace, to look addresses up in. */
export class NetworkTable {
  readonly #objects = new Map<string, { readonly texts: readonly string[]; round: number }>();
  #set: NetworkSet | undefined;
  #round = 0;

  get size(): number {
    return this.#objects.size;
  }

  /** As they are written, each once. */
  get texts(): readonly string[] {
    return [...new Set([...this.#objects.values()].flatMap(({ texts }) => texts))];
  }

  /** The smallest network around an address, as it is written. */
  find(address: Address): string | undefined {
    this.#set ??= createNetworkSet(this.texts.flatMap((text) => readNetwork(text) ?? []));
    return this.#set.find(address)?.text;
  }

  put({ name }: Pick<ObjectId, 'name'>, texts: readonly string[]): void {
    const known = this.#objects.get(name);
    if (JSON.stringify(known?.texts ?? []) !== JSON.stringify(texts)) this.#set = undefined;
    this.#objects.set(name, { texts, round: this.#round });
  }

  remove({ name }: Pick<ObjectId, 'name'>): void {
    if (this.#objects.delete(name)) this.#set = undefined;
  }

  begin(): void {
    this.#round++;
  }

  end(): void {
    for (const [name, { round }] of this.#objects) if (round !== this.#round) this.remove({ name });
  }
}
