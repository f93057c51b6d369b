import { expect, test } from 'vitest';
import { fieldsOf, listOf } from '../../src/json/fields.ts';
import { valueAt } from '../../src/json/value-at.ts';

test.each([undefined, null, 5, 'text', true, []])('fieldsOf(%j) has no fields', (value) =>
  expect(fieldsOf(value)).toEqual({}),
);

test.each([undefined, null, 5, 'text', true, {}, { length: 1, 0: 'a' }])('listOf(%j) has no items', (value) =>
  expect(listOf(value)).toEqual([]),
);

test.each<[unknown, (string | number)[], unknown]>([
  [{ a: [{ b: 1 }] }, ['a', 0, 'b'], 1],
  [{ a: null }, ['a'], null],
  [{ a: null }, ['a', 'b'], undefined],
  [{ a: 'text' }, ['a', 'length'], undefined],
  [{ a: [] }, ['a', 0], undefined],
  [{}, ['toString'], undefined],
  [5, [], 5],
])('valueAt(%j, %j) is %j', (root, path, value) => expect(valueAt(root, path)).toBe(value));
