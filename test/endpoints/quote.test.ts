import { describe, expect, test } from 'vitest';
import { escapeText, quote } from '../../src/endpoints/quote.ts';

describe('quote', () => {
  test.each([
    ['10.0.0.1', '"10.0.0.1"'],
    ['', '""'],
    [80.5, '80.5'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [[['x']], 'a list'],
    [{ toString: 1 }, 'an object'],
    ['a"\\', '"a\\"\\\\"'],
    ['\n\t\0\u001b[31m', '"\\u000a\\u0009\\u0000\\u001b[31m"'],
    ['\u007f\u0085\u009b', '"\\u007f\\u0085\\u009b"'],
    ['\u202e\u2066\u200b\u00ad\ufeff\u061c', '"\\u202e\\u2066\\u200b\\u00ad\\ufeff\\u061c"'],
    ['\u2028\u2029', '"\\u2028\\u2029"'],
    ['\ud800x\udc00', '"\\ud800x\\udc00"'],
    ['\u{e0041}', '"\\udb40\\udc41"'],
    ['a##vso[task.complete]', '"a\\u0023#vso[task.complete]"'],
    ['\u3164\u00a0\ufe0f', '"\\u3164\\u00a0\\ufe0f"'],
    ['grün 😀 日本', '"grün 😀 日本"'],
  ])('shows %j as %s', (value, text) => expect(quote(value)).toBe(text));

  test.each([
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), `${'x'.repeat(63)}…`],
    ['x'.repeat(999), `${'x'.repeat(63)}…`],
    ['"'.repeat(32), '\\"'.repeat(32)],
    ['"'.repeat(33), `${'\\"'.repeat(31)}…`],
    [`x${'"'.repeat(32)}`, `x${'\\"'.repeat(31)}…`],
    [`${'x'.repeat(58)}\n`, `${'x'.repeat(58)}\\u000a`],
    [`${'x'.repeat(59)}\n`, `${'x'.repeat(59)}…`],
    [`${'x'.repeat(58)}\ny`, `${'x'.repeat(58)}…`],
    [`${'x'.repeat(57)}\ny`, `${'x'.repeat(57)}\\u000ay`],
    [`${'x'.repeat(63)}😀`, `${'x'.repeat(63)}…`],
    [`${'x'.repeat(62)}😀`, `${'x'.repeat(62)}😀`],
    [`${'x'.repeat(62)}😀y`, `${'x'.repeat(62)}…`],
  ])('cuts %j', (value, text) => expect(quote(value)).toBe(`"${text}"`));
});

const nasty = ['"', '\\', '\n', '\u007f', '\u009f', '\u202e', '\ud83d', '\udc00', '😀', '\u{e0001}', 'a', 'é'];

test.each([1, 2, 6, 7, 12, 63, 64, 253])('never writes over %i characters, nor half an escape', (limit) => {
  for (let length = 0; length < 400; length += 7)
    for (let first = 0; first < nasty.length; first++) {
      const text = Array.from({ length }, (_, i) => nasty[(first + i * i) % nasty.length]).join('');
      const escaped = escapeText(text, limit);
      expect(escaped.length).toBeLessThanOrEqual(limit);
      expect(escaped).toMatch(/^(?:[^"\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\\["\\]|\\u[0-9a-f]{4})*$/u);
      const read = JSON.parse(`"${escaped.replace(/…$/, '')}"`);
      expect(text.startsWith(read)).toBe(true);
      expect(escaped.endsWith('…')).toBe(read.length < text.length);
    }
});
