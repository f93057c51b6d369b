const slots = 128;

/** Names that many endpoints share: each becomes a text once, nearly, and is added to `names` then. */
export class NameTable {
  readonly #bytes: Buffer;
  readonly #names: string[];
  /** The number of a name in each slot, counted from one. */
  readonly #numbers = new Uint32Array(slots);

  constructor(bytes: Buffer, names: string[]) {
    this.#bytes = bytes;
    this.#names = names;
  }

  /** The number of a name among the `names`, counted from one. */
  numberAt(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (hash * 31 + (bytes[i] as number)) % slots;
    const number = this.#numbers[hash] as number;
    if (number > 0 && this.#is(this.#names[number - 1] as string, start, end)) return number;
    const added = this.#names.push(bytes.toString('latin1', start, end));
    this.#numbers[hash] = added;
    return added;
  }

  #is(name: string, start: number, end: number): boolean {
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (this.#bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}
