import type { Address } from '../endpoints/address.ts';
import { readNetwork } from '../endpoints/network.ts';
import { createNetworkSet, type NetworkSet } from '../endpoints/network-set.ts';

/** Networks that objects name, to look addresses up in. */
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

  put(id: string, texts: readonly string[]): void {
    const known = this.#objects.get(id);
    if (JSON.stringify(known?.texts ?? []) !== JSON.stringify(texts)) this.#set = undefined;
    this.#objects.set(id, { texts, round: this.#round });
  }

  remove(id: string): void {
    if (this.#objects.delete(id)) this.#set = undefined;
  }

  begin(): void {
    this.#round++;
  }

  end(): void {
    for (const [id, { round }] of this.#objects) if (round !== this.#round) this.remove(id);
  }
}
