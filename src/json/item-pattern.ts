import { backslash, endOfPlain, quote } from './tokens.ts';

/** More than anybody writes in one item who writes many alike. */
const [maxTexts, maxBytes] = [32, 1024];

/**
 * An item of a list that others are compared with. One that differs only inside of its texts has the same members with the same values, but
 * for the texts, and is as well-formed: nothing else of it has to be looked at. Controllers write thousands of such items.
 */
export class ItemPattern {
  /** Where the texts of the item begin and end that was matched last. */
  starts: number[];
  ends: number[];
  /** How many values an item has, itself included. */
  readonly values: number;
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  /** Where the item begins and ends that was matched last. */
  #start: number;
  #end: number;
  /** Of the item that is being matched. */
  #nextStarts: number[];
  #nextEnds: number[];

  /** `texts`: where each begins and ends between `start` and `end`. */
  constructor(bytes: Uint8Array, start: number, end: number, texts: readonly number[], values: number) {
    this.values = values;
    this.#bytes = bytes;
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = end;
    this.starts = texts.filter((_, i) => i % 2 === 0);
    this.ends = texts.filter((_, i) => i % 2 === 1);
    this.#nextStarts = [...this.starts];
    this.#nextEnds = [...this.ends];
  }

  /** Where the item ends that begins at `at`; -1 where it is another. */
  match(at: number): number {
    const bytes = this.#bytes;
    const { starts, ends } = this;
    let shift = at - this.#start;
    for (let text = 0, same = this.#start; ; text++) {
      same = this.#endOfSame(same, shift);
      for (; text < ends.length && (ends[text] as number) < same; text++) this.#setNext(text, shift, shift);
      if (same === this.#end) break;
      if (text === ends.length || same < (starts[text] as number)) return -1;
      const end = endOfPlain(bytes, same + shift);
      if (bytes[end] !== quote) return -1;
      same = ends[text] as number;
      this.#setNext(text, shift, end - same);
      shift = end - same;
    }
    [this.starts, this.#nextStarts] = [this.#nextStarts, starts];
    [this.ends, this.#nextEnds] = [this.#nextEnds, ends];
    this.#start = at;
    this.#end += shift;
    return this.#end;
  }

  #setNext(text: number, startShift: number, endShift: number): void {
    this.#nextStarts[text] = (this.starts[text] as number) + startShift;
    this.#nextEnds[text] = (this.ends[text] as number) + endShift;
  }

  /** Up to where the bytes of the last item are those so many bytes later. */
  #endOfSame(from: number, shift: number): number {
    const words = this.#words;
    const bytes = this.#bytes;
    const last = Math.min(this.#end, bytes.length - shift);
    let at = from;
    // eight at a time: the bytes are ASCII, so none are NaN or -0
    while (at + 8 <= last && words.getFloat64(at, true) === words.getFloat64(at + shift, true)) at += 8;
    while (at < last && bytes[at] === bytes[at + shift]) at++;
    return at;
  }
}

/**
 * The pattern of the item from `start` to `end`; `undefined` for one that is too long for others to be like it, and for one with an escape:
 * what differs could be the middle of it.
 */
export function patternOf(...item: ConstructorParameters<typeof ItemPattern>): ItemPattern | undefined {
  const [bytes, start, end, texts] = item;
  if (end - start > maxBytes || texts.length > 2 * maxTexts) return undefined;
  return bytes.subarray(start, end).includes(backslash) ? undefined : new ItemPattern(...item);
}
