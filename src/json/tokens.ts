/** What a reader of bytes throws where it cannot decide: a reader of whole texts has to. One for all, since a stack would cost more than the rest. */
export const undecided = new Error('not decided');

export const quote = 0x22;
export const backslash = 0x5c;

/** 1 for each byte that stands for itself inside a text. */
const plain = Uint8Array.from({ length: 128 }, (_, byte) =>
  Number(byte >= 0x20 && byte !== quote && byte !== backslash),
);

// Each takes ASCII bytes and where a token begins, and returns where it ends, or throws `undecided`.

/** Of what is between the quotes of a text; at an escape too. */
export function endOfPlain(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  let at = start;
  while (at < length && plain[bytes[at] as number] === 1) at++;
  return at;
}

/** Of what is between the quotes of a text, with any escapes. */
export function endOfText(bytes: Uint8Array, start: number): number {
  for (let at = start; ; ) {
    at = endOfPlain(bytes, at);
    if (bytes[at] === quote) return at;
    if (bytes[at] !== backslash) throw undecided;
    at = endOfEscape(bytes, at + 1);
  }
}

function endOfEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte !== 0x75) {
    if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) throw undecided;
    return at + 1;
  }
  for (let i = 1; i <= 4; i++) if (!isHexDigit(bytes[at + i])) throw undecided;
  return at + 5;
}

export function endOfWord(bytes: Uint8Array, start: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) throw undecided;
  return start + word.length;
}

export function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  at = bytes[at] === 0x30 ? at + 1 : endOfDigits(bytes, at);
  if (bytes[at] === 0x2e) at = endOfDigits(bytes, at + 1);
  if (((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  at++;
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
  return endOfDigits(bytes, at);
}

/** At least one. */
export function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at++;
  if (at === start) throw undecided;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isHexDigit(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 0x20;
  return isDigit(byte) || (letter >= 97 && letter <= 102);
}
