const none = new Uint32Array(0);

/** Unsigned 32-bit numbers in the order in which they are added, at four to eight bytes each. */
export class NumberColumn {
  #values = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow(2 * this.#length);
    this.#values[this.#length++] = value;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** 0 before the first and beyond the last. */
  at(index: number): number {
    return index >= 0 && index < this.#length ? (this.#values[index] ?? 0) : 0;
  }

  /** Makes room for so many more. */
  reserve(count: number): void {
    if (this.#length + count > this.#values.length) this.#grow(this.#length + count);
  }

  #grow(length: number): void {
    const values = new Uint32Array(Math.max(16, length));
    values.set(this.#values);
    this.#values = values;
  }
}
