/** How much of a value is quoted, in characters of the escaped text. */
const quoteLimit = 64;

/**
 * A value as a message may show it: strings JSON-escaped and cut, numbers and booleans as they are, containers by their name
 * (they may be megabytes, or thousands of levels deep).
 */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${escapeText(value, quoteLimit)}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** What a terminal or a reader could take for something else: controls, bidirectional overrides, invisible and lone halves. */
const unsafe = /["\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** JSON-escapes whatever is unsafe to print and cuts the result at `limit` characters, never inside an escape. */
export function escapeText(text: string, limit: number): string {
  if (text.length <= limit && !unsafe.test(text)) return text;
  let escaped = '';
  let cut = '';
  for (const character of text) {
    escaped += unsafe.test(character) ? escapeCharacter(character) : character;
    if (escaped.length > limit) return `${cut}…`;
    if (escaped.length < limit) cut = escaped;
  }
  return escaped;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
