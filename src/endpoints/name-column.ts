import { NumberColumn } from './number-column.ts';

/** Names by index, of which any may be absent and most come again and again. */
export class NameColumn {
  /** Each at least once. */
  readonly names: string[] = [];
  /** Which of them each is, counted from one. */
  readonly #numbers = new NumberColumn();

  /** Up to which index there are any. */
  get end(): number {
    return this.#numbers.length;
  }

  reserve(count: number): void {
    this.#numbers.reserve(count);
  }

  /** In ascending order. */
  set(index: number, name: string | undefined): void {
    if (name === undefined) return;
    if (name !== this.names.at(-1)) this.names.push(name);
    this.setNumber(index, this.names.length);
  }

  /** Sets the name that is the so manieth of the `names`. */
  setNumber(index: number, number: number): void {
    while (this.#numbers.length < index) this.#numbers.push(0);
    this.#numbers.push(number);
  }

  at(index: number): string | undefined {
    return this.names[this.#numbers.at(index) - 1];
  }
}
