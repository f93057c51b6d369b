import { expect, test } from 'vitest';
import { isLabelValue, isQualifiedName, isTime } from '../../src/api-validation/syntax.ts';

test.each([
  ['2026-11-29T12:00:00Z', true],
  ['2026-11-29T1:00:00Z', true],
  ['2026-11-29T12:00:00.123456Z', true],
  ['2026-11-29T12:00:00,5+24:60', true],
  ['2024-02-29T00:00:00Z', true],
  ['2000-02-29T00:00:00Z', true],
  ['0000-02-29T00:00:00Z', true],
  ['2026-02-29T00:00:00Z', false],
  ['1900-02-29T00:00:00Z', false],
  ['2026-04-31T00:00:00Z', false],
  ['2026-00-01T00:00:00Z', false],
  ['2026-13-01T00:00:00Z', false],
  ['2026-01-00T00:00:00Z', false],
  ['2026-01-01T24:00:00Z', false],
  ['2026-01-01T00:60:00Z', false],
  ['2026-01-01T00:00:60Z', false],
  ['2026-01-01T00:00:00+25:00', false],
  ['2026-01-01T00:00:00+00:61', false],
  ['2026-01-01T00:00:00', false],
  ['2026-01-01', false],
  ['', false],
])('the time %j: %s', (text, expected) => expect(isTime(text)).toBe(expected));

test.each([
  ['app', true, true],
  ['A_b.c-9', true, true],
  ['x'.repeat(63), true, true],
  ['x'.repeat(64), false, false],
  ['', false, true],
  ['-a', false, false],
  ['a-', false, false],
  ['example.com/name', true, false],
  ['example.com/', false, false],
  ['/name', false, false],
  ['Example.com/name', false, false],
  ['a/b/c', false, false],
  ['a/b/c/d', false, false],
  ['é', false, false],
])('%j: a qualified name %s, a value of a label %s', (text, name, value) =>
  expect([isQualifiedName(text), isLabelValue(text)]).toEqual([name, value]),
);
