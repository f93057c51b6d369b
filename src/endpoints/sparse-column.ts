/** Values by index, of which any may be absent. Those that are cost nothing where no other follows. */
export class SparseColumn<T> {
  readonly #values: (T | undefined)[] = [];

  /** Up to which index there are any. */
  get end(): number {
    return this.#values.length;
  }

  /** In ascending order. */
  set(index: number, value: T | undefined): void {
    if (value === undefined) return;
    while (this.#values.length < index) this.#values.push(undefined);
    this.#values.push(value);
  }

  at(index: number): T | undefined {
    return index < this.#values.length ? this.#values[index] : undefined;
  }
}
