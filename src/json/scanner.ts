/** What a scanner throws where it cannot decide: a reader of whole texts has to. One for all, since a stack would cost more than the rest. */
export const undecided = new Error('not decided');

/** Deeper than anything an API server sends. */
const maxLevels = 100;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** 1 for each byte that stands for itself inside a text. */
const plain = Uint8Array.from({ length: 128 }, (_, byte) =>
  Number(byte >= 0x20 && byte !== quote && byte !== backslash),
);

/** Keys as they are written, with their quotes and the colon. */
export type Keys = readonly Uint8Array[];

const noKeys: Keys = [];

export function keysOf(...names: readonly string[]): Keys {
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
  #values = 0;
  #level = 0;
  /** Whether a container was opened and nothing has come since. */
  #isFresh = false;
  /** In the last text that was passed. */
  #hasEscape = false;
  readonly #maxValues: number;

  constructor(bytes: Buffer, at = 0, maxValues = Number.POSITIVE_INFINITY) {
    this.bytes = bytes;
    this.at = at;
    this.#maxValues = maxValues;
  }

  /** Whether a value of that type begins here: `{`, `[` or `"`; `null` where it is null, which is then passed. */
  #begins(byte: number): boolean {
    const next = this.#next();
    if (next === byte) return true;
    if (next !== 0x6e) throw undecided;
    this.#skipWord('null');
    return false;
  }

  /** Enters an object; `false` for null. Anything else is undecided, here and in the following. */
  enterObject(): boolean {
    return this.#begins(openBrace) && this.#enter();
  }

  enterList(): boolean {
    return this.#begins(openBracket) && this.#enter();
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
    this.#readPlainText();
    if (bytes[this.at] !== colon) throw undecided; // it could be one of the keys, and white space
    this.at++;
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
    if (++this.#values > this.#maxValues || this.#next() === close) throw undecided;
    return true;
  }

  /** Reads a text without escapes into `textStart` and `textEnd`; `false` for null. */
  readText(): boolean {
    if (!this.#begins(quote)) return false;
    this.#readPlainText();
    return true;
  }

  #readPlainText(): void {
    const { bytes } = this;
    const { length } = bytes;
    const start = this.at + 1;
    let at = start;
    while (at < length && plain[bytes[at] as number] === 1) at++;
    if (at === length || bytes[at] !== quote) throw undecided;
    this.textStart = start;
    this.textEnd = at;
    this.at = at + 1;
  }

  /** Reads true or false; `undefined` for null. */
  readFlag(): boolean | undefined {
    const next = this.#next();
    this.#skipWord(next === 0x74 ? 'true' : next === 0x66 ? 'false' : 'null');
    return next === 0x6e ? undefined : next === 0x74;
  }

  /** Reads an integer as everybody writes it, of nine digits at most; `undefined` for null. */
  readInteger(): number | undefined {
    if (this.#next() === 0x6e) {
      this.#skipWord('null');
      return undefined;
    }
    const { at: start } = this;
    let value = 0;
    while (isDigit(this.bytes[this.at])) value = value * 10 + (this.bytes[this.at++] ?? 0) - 48;
    const length = this.at - start;
    const next = this.#next();
    const isPlain = length > 0 && length < 10 && (this.bytes[start] !== 48 || length === 1);
    if (!isPlain || (next !== comma && next !== closeBrace && next !== closeBracket)) throw undecided;
    return value;
  }

  /** Passes any value. */
  skipValue(): void {
    const next = this.#next();
    if (next === quote) this.#skipText();
    else if (next === openBrace) {
      this.#enter();
      while (this.nextMember(noKeys, 0) >= 0) this.skipValue();
    } else if (next === openBracket) {
      this.#enter();
      while (this.nextItem()) this.skipValue();
    } else if (next === 0x74) this.#skipWord('true');
    else if (next === 0x66) this.#skipWord('false');
    else if (next === 0x6e) this.#skipWord('null');
    else this.#skipNumber();
  }

  /** Goes to where the next value begins. */
  findValue(): number {
    this.#next();
    return this.at;
  }

  /** Passes any value, and parses it. */
  parseValue(): unknown {
    const start = this.findValue();
    this.skipValue();
    if (this.bytes[start] === quote && !this.#hasEscape) return this.bytes.toString('latin1', start + 1, this.at - 1);
    return JSON.parse(this.bytes.toString('latin1', start, this.at));
  }

  /** Whether nothing but white space is left. */
  isAtEnd(): boolean {
    this.#next();
    return this.at >= this.bytes.length;
  }

  #next(): number {
    const { bytes } = this;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return byte;
      this.at++;
    }
    return -1;
  }

  #skipWord(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) throw undecided;
    this.at += word.length;
  }

  #skipText(): void {
    const { bytes } = this;
    this.#hasEscape = false;
    const { length } = bytes;
    for (let at = this.at + 1; at < length; at++) {
      const byte = bytes[at] as number;
      if (plain[byte] === 1) continue;
      if (byte === quote) {
        this.at = at + 1;
        return;
      }
      if (byte !== backslash) throw undecided;
      this.#hasEscape = true;
      at += this.#lengthOfEscape(at + 1);
    }
    throw undecided;
  }

  #lengthOfEscape(at: number): number {
    const byte = this.bytes[at] ?? 0;
    if (byte !== 0x75) {
      if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) throw undecided;
      return 1;
    }
    for (let i = 1; i <= 4; i++) if (!isHexDigit(this.bytes[at + i])) throw undecided;
    return 5;
  }

  #skipNumber(): void {
    const { bytes } = this;
    if (bytes[this.at] === 0x2d) this.at++;
    if (bytes[this.at] === 0x30) this.at++;
    else this.#skipDigits();
    if (bytes[this.at] === 0x2e) {
      this.at++;
      this.#skipDigits();
    }
    if (((bytes[this.at] ?? 0) | 0x20) !== 0x65) return;
    this.at++;
    if (bytes[this.at] === 0x2b || bytes[this.at] === 0x2d) this.at++;
    this.#skipDigits();
  }

  #skipDigits(): void {
    if (!isDigit(this.bytes[this.at])) throw undecided;
    while (isDigit(this.bytes[this.at])) this.at++;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isHexDigit(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 0x20;
  return isDigit(byte) || (letter >= 97 && letter <= 102);
}
