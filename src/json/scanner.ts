/** What a scanner throws where it cannot decide: a reader of whole texts has to. One for all, since a stack would cost more than the rest. */
export const undecided = new Error('not decided');

/** Deeper than anything an API server sends. */
const maxLevels = 100;

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

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
  #keyStart = 0;
  #keyEnd = 0;
  #level = 0;
  /** Whether a container was opened and nothing has come since. */
  #isFresh = false;
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

  /** Goes to the value of the next member of the object that was entered; `false` at its end. */
  nextMember(): boolean {
    if (!this.#nextOf(closeBrace)) return false;
    if (this.#next() !== quote) throw undecided;
    this.#readPlainText();
    this.#keyStart = this.textStart;
    this.#keyEnd = this.textEnd;
    if (this.#next() !== colon) throw undecided;
    this.at++;
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
      if (this.#next() === close) throw undecided;
    }
    this.#isFresh = false;
    if (++this.#values > this.#maxValues) throw undecided;
    return true;
  }

  /** Which of the names the key of the member is; -1 where it is none of them. */
  keyAmong(names: readonly string[]): number {
    for (let i = 0; i < names.length; i++) if (this.#isKey(names[i] ?? '')) return i;
    return -1;
  }

  #isKey(name: string): boolean {
    const { length } = name;
    if (this.#keyEnd - this.#keyStart !== length) return false;
    for (let i = 0; i < length; i++) if (this.bytes[this.#keyStart + i] !== name.charCodeAt(i)) return false;
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
    const start = this.at + 1;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) break;
      if (byte < 0x20 || byte === backslash) throw undecided;
    }
    if (at >= bytes.length) throw undecided;
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
      while (this.nextMember()) this.skipValue();
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
    return JSON.parse(this.bytes.toString('latin1', start, this.at));
  }

  /** Whether nothing but white space is left. */
  isAtEnd(): boolean {
    this.#next();
    return this.at >= this.bytes.length;
  }

  #next(): number {
    const { bytes } = this;
    let byte = bytes[this.at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.at];
    return byte ?? -1;
  }

  #skipWord(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) throw undecided;
    this.at += word.length;
  }

  #skipText(): void {
    const { bytes } = this;
    for (let at = this.at + 1; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        this.at = at + 1;
        return;
      }
      if (byte < 0x20) throw undecided;
      if (byte === backslash) at += this.#lengthOfEscape(at + 1);
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
