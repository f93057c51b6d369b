import { escapeCharacter, isVisible, unsafe } from './visible.ts';

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

/** The value that a message begins with, as `quote` has written it, but without quotation marks; `undefined` where there is none. */
export function quotedAt(message: string): string | undefined {
  const [, text, plain] = /^(?:"((?:[^"\\]|\\.)*)"|(-?\d[\d.e+-]*|true|false|null)(?= ))/.exec(message) ?? [];
  return text ?? plain;
}

/** One character after the other, those that must be escaped first; the limit is reached before a long text is read to its end. */
const characters = new RegExp(`(["\\\\])|(${unsafe.source})|[^]`, 'gv');

/** JSON-escapes whatever is unsafe to print and cuts the result at `limit` characters, never inside an escape. */
export function escapeText(text: string, limit: number): string {
  if (text.length <= limit && isVisible(text) && !/["\\]/.test(text)) return text;
  let escaped = '';
  let cut = '';
  for (const [character, syntax, hidden] of text.matchAll(characters)) {
    escaped += syntax ? `\\${syntax}` : hidden ? escapeCharacter(hidden) : character;
    if (escaped.length > limit) return `${cut}…`;
    if (escaped.length < limit) cut = escaped;
  }
  return escaped;
}
