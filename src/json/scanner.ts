import { endOfDigits, endOfNumber, endOfPlain, endOfText, endOfWord, quote, undecided } from './tokens.ts';

/** Deeper than anything an API server sends. */
const maxLevels = 100;

const comma = 0x2c;
const colon = 0x3a;
export const openBrace = 0x7b;
const closeBrace = 0x7d;
export const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Keys as they are written, with their quotes and the colon. */
export type Keys = readonly Uint8Array[];

export function keysOf(names: readonly string[]): Keys {
  return names.map((name) => Buffer.from(`"${name}":`));
}

/**
 * Goes through the bytes of a JSON text in one pass and makes nothing of them. It accepts less than `JSON.parse`, never more: whatever is no
 * JSON, and a key with an escape, is `undecided`. The bytes must be ASCII.
 */
export class Scanner {
  readonly bytes: Buffer;
  /** Where the last text begins and ends, without its quotes. */
  textStart = 0;
  textEnd = 0;
  /** Where the next byte is. */
  at: number;
  /** How many values have begun, keys left out. */
  values = 1;
  /** More are undecided. */
  maxValues: number;
  /** Where the texts begin and end that are passed, keys left out, while somebody wants to know. */
  passed: number[] | undefined;
  #level = 0;
  /** Whether a container was opened and nothing has come since. */
  #isFresh = false;

  constructor(bytes: Buffer, at = 0, maxValues = Number.POSITIVE_INFINITY) {
    this.bytes = bytes;
    this.at = at;
    this.maxValues = maxValues;
  }

  /** Enters an object; `false` for null. Anything else is undecided, here and in the following. */
  enterObject(): boolean {
    return this.#begins(openBrace) && this.#enter();
  }

  enterList(): boolean {
    return this.#begins(openBracket) && this.#enter();
  }

  /** Whether a value of that type begins here: `{`, `[` or `"`; where it is null, that is passed. */
  #begins(byte: number): boolean {
    const next = this.#next();
    if (next === byte) return true;
    this.#pass('null');
    return false;
  }

  #enter(): true {
    if (++this.#level > maxLevels) throw undecided;
    this.at++;
    this.#isFresh = true;
    return true;
  }

  /**
   * Goes to the value of the next member of the object that was entered, and says which of the keys it has; their number where it is none of
   * them, -1 at the end of the object. `expected`: which it most probably is.
   */
  nextMember(keys: Keys, expected: number): number {
    if (!this.#nextOf(closeBrace)) return -1;
    const { bytes, at } = this;
    if (bytes[at] !== quote) throw undecided;
    if (expected < keys.length && this.#passKey(keys[expected] as Uint8Array)) return expected;
    const second = bytes[at + 1];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as Uint8Array;
      if (key[1] === second && this.#passKey(key)) return i;
    }
    const end = endOfPlain(bytes, at + 1);
    if (bytes[end] !== quote || bytes[end + 1] !== colon) throw undecided; // it could be one of the keys, with an escape or white space
    this.at = end + 2;
    return keys.length;
  }

  /** Passes the key if it is this one. */
  #passKey(key: Uint8Array): boolean {
    const { bytes, at } = this;
    const { length } = key;
    if (at + length > bytes.length) return false;
    for (let i = 1; i < length; i++) if (bytes[at + i] !== key[i]) return false;
    this.at = at + length;
    return true;
  }

  /** Goes to the next item of the list that was entered; `false` at its end. */
  nextItem(): boolean {
    return this.#nextOf(closeBracket);
  }

  #nextOf(close: number): boolean {
    const next = this.#next();
    if (next === close) {
      this.at++;
      this.#level--;
      this.#isFresh = false;
      return false;
    }
    if (!this.#isFresh) {
      if (next !== comma) throw undecided;
      this.at++;
    }
    this.#isFresh = false;
    this.#count(1);
    if (this.#next() === close) throw undecided;
    return true;
  }

  #count(values: number): void {
    this.values += values;
    if (this.values > this.maxValues) throw undecided;
  }

  /** Passes an item of a list, which somebody else has read, and the comma before it. */
  passItem(end: number, values: number): void {
    this.at = end;
    this.#count(values);
  }

  /** Reads a text without escapes into `textStart` and `textEnd`; `false` for null. */
  readText(): boolean {
    if (!this.#begins(quote)) return false;
    this.textStart = this.at + 1;
    this.textEnd = endOfPlain(this.bytes, this.textStart);
    if (this.bytes[this.textEnd] !== quote) throw undecided;
    this.at = this.textEnd + 1;
    this.passed?.push(this.textStart, this.textEnd);
    return true;
  }

  /** What `readText` reads, as a text. */
  readString(): string | undefined {
    return this.readText() ? this.bytes.toString('latin1', this.textStart, this.textEnd) : undefined;
  }

  /** Reads true or false; `undefined` for null. */
  readFlag(): boolean | undefined {
    const next = this.#next();
    this.#pass(next === 0x74 ? 'true' : next === 0x66 ? 'false' : 'null');
    return next === 0x6e ? undefined : next === 0x74;
  }

  /** Reads an integer as everybody writes it, of nine digits at most; `undefined` for null. */
  readInteger(): number | undefined {
    if (this.#next() === 0x6e) {
      this.#pass('null');
      return undefined;
    }
    const { bytes, at } = this;
    const end = endOfDigits(bytes, at);
    this.at = end;
    const next = this.#next();
    const isPlain = end - at < 10 && (bytes[at] !== 0x30 || end === at + 1);
    if (!isPlain || (next !== comma && next !== closeBrace && next !== closeBracket)) throw undecided;
    return Number(bytes.toString('latin1', at, end));
  }

  /** Passes a text with any escapes, a number or a word; says with which byte the value begins where it is an object or a list. */
  passScalar(): number {
    const { bytes } = this;
    const next = this.#next();
    if (next === quote) {
      const start = this.at + 1;
      const end = endOfText(bytes, start);
      this.at = end + 1;
      this.passed?.push(start, end);
    } else if (next === 0x74) this.#pass('true');
    else if (next === 0x66) this.#pass('false');
    else if (next === 0x6e) this.#pass('null');
    else if (next !== openBrace && next !== openBracket) this.at = endOfNumber(bytes, this.at);
    return next;
  }

  /** Goes to where the next value begins. */
  findValue(): number {
    this.#next();
    return this.at;
  }

  /** Whether nothing but white space is left. */
  isAtEnd(): boolean {
    this.#next();
    return this.at >= this.bytes.length;
  }

  /** The next byte that is no white space; -1 at the end. */
  #next(): number {
    const { bytes } = this;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return byte;
      this.at++;
    }
    return -1;
  }

  #pass(word: string): void {
    this.at = endOfWord(this.bytes, this.at, word);
  }
}
