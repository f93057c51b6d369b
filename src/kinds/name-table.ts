const slots = 128;

/**
 * The number of a name in each slot, counted from one. All tables share it, since to make one costs a small object more than to read its
 * names: what another table has left in it is not taken for granted.
 */
const numbers = new Uint32Array(slots);

/** Names that many endpoints share: each becomes a text once, nearly, and is added to `names` then. */
export class NameTable {
  readonly #bytes: Buffer;
  readonly #names: string[];

  constructor(bytes: Buffer, names: string[]) {
    this.#bytes = bytes;
    this.#names = names;
  }

  /** The number of a name among the `names`, counted from one. */
  numberAt(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (hash * 31 + (bytes[i] as number)) % slots;
    const number = numbers[hash] as number;
    const isOwn = number > 0 && number <= this.#names.length;
    if (isOwn && this.#is(this.#names[number - 1] as string, start, end)) return number;
    const added = this.#names.push(bytes.toString('latin1', start, end));
    numbers[hash] = added;
    return added;
  }

  #is(name: string, start: number, end: number): boolean {
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (this.#bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}
