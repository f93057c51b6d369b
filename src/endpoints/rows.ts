import type { List } from './view.ts';

/** Goes through columns, and says of the item it is at what it is asked. */
export interface Row {
  index: number;
}

/** What a list can do that can be gone through. */
export abstract class Sequence<T> implements Pick<List<T>, 'map' | 'some'>, Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>;

  map<U>(describe: (item: T) => U): U[] {
    return Array.from(this, describe);
  }

  some(is: (item: T) => boolean): boolean {
    for (const item of this) if (is(item)) return true;
    return false;
  }
}

/** A list without an object for each item: one row goes through it, from the first index to the one before the end. */
export class Rows<R extends Row> extends Sequence<R> implements List<R> {
  readonly first: number;
  readonly end: number;
  readonly #make: () => R;

  /** `make` makes a row. */
  constructor(make: () => R, first: number, end: number) {
    super();
    this.#make = make;
    this.first = first;
    this.end = end;
  }

  get length(): number {
    return this.end - this.first;
  }

  /** A row of its own, which stays where it is. */
  at(index: number): R | undefined {
    const at = index < 0 ? this.end + index : this.first + index;
    if (at < this.first || at >= this.end) return undefined;
    const row = this.#make();
    row.index = at;
    return row;
  }

  [Symbol.iterator](): Iterator<R> {
    return new RowIterator(this.#make(), this.first, this.end);
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
