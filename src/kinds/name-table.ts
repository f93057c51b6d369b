const slots = 128;

/** Names that many endpoints share, as texts: each is made once, nearly. */
export class NameTable {
  readonly #bytes: Buffer;
  readonly #names: string[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  nameAt(start: number, end: number): string {
    const bytes = this.#bytes;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (hash * 31 + (bytes[i] as number)) % slots;
    const known = this.#names[hash];
    if (known !== undefined && this.#is(known, start, end)) return known;
    const name = bytes.toString('latin1', start, end);
    this.#names[hash] = name;
    return name;
  }

  #is(name: string, start: number, end: number): boolean {
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (this.#bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}
