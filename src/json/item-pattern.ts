import { endOfPlain } from './tokens.ts';

/** More than anybody writes in one item who writes many alike. */
const [maxTexts, maxBytes] = [32, 1024];

/**
 * What an item of a list has before, between and behind its texts. An item with the same bytes there has the same members with the same
 * values, but for the texts, and is as well-formed: nothing of it has to be looked at again. Controllers write thousands of such items.
 */
export class ItemPattern {
  /** Where the texts of the item begin and end that was matched last. */
  readonly starts: number[];
  readonly ends: number[];
  /** How many values an item has, itself included. */
  readonly values: number;
  readonly #gaps: readonly Uint8Array[];

  /** `texts`: where each begins and ends between `start` and `end`. */
  constructor(bytes: Uint8Array, start: number, end: number, texts: readonly number[], values: number) {
    this.values = values;
    this.starts = texts.filter((_, i) => i % 2 === 0);
    this.ends = texts.filter((_, i) => i % 2 === 1);
    this.#gaps = [...this.starts, end].map((next, i) => bytes.subarray(this.ends[i - 1] ?? start, next));
  }

  /** Where the item ends that begins at `at`; -1 where it is another. */
  match(bytes: Uint8Array, at: number): number {
    const { starts, ends } = this;
    const gaps = this.#gaps;
    let end = at;
    for (let i = 0; i < gaps.length; i++) {
      const gap = gaps[i] as Uint8Array;
      const { length } = gap;
      if (end + length > bytes.length) return -1;
      for (let k = 0; k < length; k++) if (bytes[end + k] !== gap[k]) return -1;
      end += length;
      if (i === ends.length) break;
      starts[i] = end;
      end = endOfPlain(bytes, end);
      ends[i] = end;
    }
    return end;
  }
}

/** The pattern of the item from `start` to `end`; `undefined` for one that is too long for others to be like it. */
export function patternOf(...item: ConstructorParameters<typeof ItemPattern>): ItemPattern | undefined {
  const [, start, end, texts] = item;
  return end - start > maxBytes || texts.length > 2 * maxTexts ? undefined : new ItemPattern(...item);
}
