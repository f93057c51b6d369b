import { expect, test } from 'vitest';
import { all, any, literal, literals, matchesOne } from '../../src/admission-policy/cel.ts';
import { shown } from '../../src/admission-policy/cel-validation.ts';

test.each([
  ['plain', '"plain"'],
  ['a "b" \\ c', String.raw`"a \"b\" \\ c"`],
  ['\n\u001b', String.raw`"\n\u001b"`],
  ['a\u202eb\u{e0041}##vso[x]', String.raw`"a\u202eb\U000e0041\u0023#vso[x]"`],
  [String.raw`\ud83d\ude00`, String.raw`"\\ud83d\\ude00"`],
])('the literal of %j', (text, wanted) => {
  expect(literal(text)).toBe(wanted);
});

test('a list of literals', () => {
  expect(literals(['a', 'b'])).toBe('["a", "b"]');
  expect(literals([])).toBe('[]');
});

test.each([
  [[], 'false', 'true'],
  [['a'], 'a', 'a'],
  [['a', 'b'], '(a || b)', '(a && b)'],
])('%j together', (expressions, either, both) => {
  expect([any(expressions), all(expressions)]).toEqual([either, both]);
});

test.each([
  [['a'], 's in ["a"]'],
  [['a', 'b'], 's in ["a", "b"]'],
  [['*'], 'true'],
  [['**'], 'true'],
  [['a*'], 's.startsWith("a")'],
  [['*a'], 's.endsWith("a")'],
  [['a*b'], 's.matches("(?s)^a.*b$")'],
  [['*a*'], 's.matches("(?s)^.*a.*$")'],
  [['a.b*(c)*'], String.raw`s.matches("(?s)^a\\.b.*\\(c\\).*$")`],
  [['a', 'b*'], '(s in ["a"] || s.startsWith("b"))'],
])('patterns %j', (patterns, wanted) => {
  expect(matchesOne('s', patterns)).toBe(wanted);
});

test.each<[string, string, boolean]>([
  ['a version', 'v1', true],
  ['a path', 'spec.containers{web}', true],
  ['nothing', '', false],
  ['an escape sequence', '\u001b[31m1', false],
  ['an override', 'a\u202eb', false],
  ['a command to a CI system', '##vso[task.complete]', false],
  ['a quote', 'a" b', false],
])('a ValidatingAdmissionPolicy shows %s, or not', (_, text, expected) => {
  const [, pattern = ''] = /\.matches\("(.*?)"\)/.exec(shown('a')) ?? [];
  expect(new RegExp(pattern).test(text)).toBe(expected);
});
