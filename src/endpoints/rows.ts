import type { List } from './view.ts';

/** Goes through columns, and says of the item it is at what it is asked. */
export interface Row {
  index: number;
}

/** A list without an object for each item: one row goes through it. `make` makes a row. */
export class Rows<R extends Row> implements List<R> {
  readonly #make: () => R;
  readonly #first: number;
  readonly #end: number;

  constructor(make: () => R, first: number, end: number) {
    this.#make = make;
    this.#first = first;
    this.#end = end;
  }

  get length(): number {
    return this.#end - this.#first;
  }

  /** A row of its own, which stays where it is. */
  at(index: number): R | undefined {
    const at = index < 0 ? this.#end + index : this.#first + index;
    if (at < this.#first || at >= this.#end) return undefined;
    const row = this.#make();
    row.index = at;
    return row;
  }

  [Symbol.iterator](): Iterator<R> {
    return new RowIterator(this.#make(), this.#first, this.#end);
  }

  map<T>(describe: (row: R) => T): T[] {
    return Array.from(this, describe);
  }

  some(is: (row: R) => boolean): boolean {
    for (const row of this) if (is(row)) return true;
    return false;
  }
}

/** A generator would allocate for each item. */
class RowIterator<R extends Row> implements Iterator<R> {
  readonly #result: { readonly value: R; done: boolean };
  readonly #end: number;

  constructor(row: R, first: number, end: number) {
    row.index = first - 1;
    this.#result = { value: row, done: false };
    this.#end = end;
  }

  next(): IteratorResult<R> {
    const result = this.#result;
    result.done = ++result.value.index >= this.#end;
    return result;
  }
}
