import { describe, expect, test } from 'vitest';
import { printedLine, visible, visibleLines } from '../../src/endpoints/visible.ts';
import { expectHarmless, hostile, hostileCodePoints } from '../support/hostile.ts';

const kinds = Object.entries(hostileCodePoints).map(([kind, codePoints]) => ({ kind, codePoints }));

test.each(kinds)('$kind become escapes, from which JSON reads the same again', ({ codePoints }) => {
  const shown = codePoints.map((code) => visible(String.fromCodePoint(code)));
  expect(shown.filter((text) => !/^(?:\\u[0-9a-f]{4}){1,2}$/.test(text))).toEqual([]);
  expect(shown.map((text) => JSON.parse(`"${text}"`).codePointAt(0))).toEqual(codePoints);
});

test.each(['', 'web-1.example', 'a b', 'grün', '日本', 'עברית', 'العربية', '😀', '# a [b]', '#1[', 'a::b', '\\"'])(
  '%j stays as it is',
  (text) => expect([visible(text), printedLine(text)]).toEqual([text, `${text}\n`]),
);

describe('what CI systems take for commands', () => {
  test.each([
    ['##vso[task.complete]', '\\u0023#vso[task.complete]'],
    ['a ##[error]b', 'a \\u0023#[error]b'],
    ['###[group]', '#\\u0023#[group]'],
    ["##teamcity[message text='x']", "\\u0023#teamcity[message text='x']"],
  ])('%j is %s anywhere in a line', (text, shown) => expect(visible(text)).toBe(shown));

  test.each([
    ['::error::a', '\\u003a:error::a'],
    ['  ::error::a', '  \\u003a:error::a'],
    ['\u00a0::error::a', '\\u00a0::error::a'],
    ['\n::error::a', '\\u000a::error::a'],
  ])('%j is %s as a line', (text, shown) => expect(printedLine(text)).toBe(`${shown}\n`));
});

test('all of it at once is harmless, as a line and as lines of JSON', () => {
  expect(printedLine(hostile).split('\n')).toHaveLength(2);
  expectHarmless(printedLine(hostile));
  const json = visibleLines(JSON.stringify({ [hostile]: hostile }, undefined, 2));
  expectHarmless(json);
  expect(JSON.parse(json)).toEqual({ [hostile]: hostile });
});

test('visibleLines leaves ends of lines, and nothing else', () => {
  expect(visibleLines('a\n\u202e\r\n\n::b')).toBe('a\n\\u202e\\u000d\n\n\\u003a:b');
});
