import { expect, test } from 'vitest';
import { findExcess, limits } from '../../src/admission/measure.ts';

const levels = `more than ${limits.levels} levels`;
const values = `more than ${limits.values} values`;
const nested = (n: number, open: string, core: string, close: string) => open.repeat(n) + core + close.repeat(n);
const measure = (text: string) => findExcess(Buffer.from(text));
const list = (n: number, item: string) => `[${Array(n).fill(item).join()}]`;
const decoy = '"[{,\\"]}\\\\"';

test.each<[string, string, string | undefined]>([
  ['10,000 lists', nested(10_000, '[', '', ']'), undefined],
  ['10,001 lists', nested(10_001, '[', '', ']'), levels],
  ['10,000 objects', nested(10_000, '{"a":', '1', '}'), undefined],
  ['10,001 objects', nested(10_001, '{"a":', '1', '}'), levels],
  ['10,000 of both', nested(5_000, '[{"a":', '1', '}]'), undefined],
  ['10,002 of both', nested(5_001, '[{"a":', '1', '}]'), levels],
  ['levels closed again', list(3, nested(9_999, '[', '', ']')), undefined],
  ['levels closed again and one too many', list(3, nested(10_000, '[', '', ']')), levels],
  ['brackets in a string', `["${'['.repeat(30_000)}"]`, undefined],
  ['brackets after an escaped quote', `["\\"${'['.repeat(30_000)}"]`, undefined],
  ['brackets after a string that ends in a backslash', `["\\\\",${nested(10_000, '[', '', ']')}]`, levels],
])('levels: %s', (_, text, expected) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(measure(text)).toBe(expected);
});

test.each<[string, (n: number) => string]>([
  ['numbers', (n) => list(n - 1, '1')],
  [
    'spaced numbers',
    (n) =>
      ` [ ${Array(n - 1)
        .fill('1')
        .join(' ,\n')} ] `,
  ],
  ['strings full of decoys', (n) => list(n - 1, decoy)],
  ['empty lists', (n) => list(n - 1, '[ ]')],
  ['empty objects', (n) => list(n - 1, '{}')],
  [
    'members',
    (n) =>
      `{${Array(n - 1)
        .fill('"a,":"x"')
        .join()}}`,
  ],
  [
    'objects of one member',
    (n) =>
      `[${Array((n - (n % 2 ? 1 : 2)) / 2)
        .fill('{"a":1}')
        .join()}${n % 2 ? '' : ',0'}]`,
  ],
  [
    'lists of lists',
    (n) =>
      `[${Array((n - (n % 2 ? 1 : 2)) / 2)
        .fill('[[]]')
        .join()}${n % 2 ? '' : ',0'}]`,
  ],
])('values: %s', (_, text) => {
  expect(measure(text(limits.values))).toBeUndefined();
  expect(measure(text(limits.values + 1))).toBe(values);
});

test('what is cut off or no JSON is measured too', () => {
  expect(measure('['.repeat(20_000))).toBe(levels);
  expect(measure(`"${'['.repeat(20_000)}`)).toBeUndefined();
  expect(measure(']'.repeat(20_000))).toBeUndefined();
  expect(measure('')).toBeUndefined();
});
