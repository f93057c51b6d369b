import { expect, test } from 'vitest';
import { sameJson } from '../../src/json/same-json.ts';

const deep = (n: number, core: string) => JSON.parse(`${'[{"a":'.repeat(n)}${core}${'}]'.repeat(n)}`);
const own = JSON.parse('{"__proto__":{"a":1}}');

test.each<[string, unknown, unknown]>([
  ['absences', { a: null, b: [], c: undefined }, {}],
  ['null and []', { a: null }, { a: [] }],
  ['nested absences', { a: [{ b: null }] }, { a: [{ c: [] }] }],
  ['key order', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['keys named __proto__', own, JSON.parse('{"__proto__":{"a":1}}')],
  ['10,000 levels', deep(5000, '1'), deep(5000, '1')],
  ['absences 10,000 levels deep', deep(5000, '{}'), deep(5000, '{"b":null}')],
])('the same: %s', (_, one, other) => expect([sameJson(one, other), sameJson(other, one)]).toEqual([true, true]));

test.each<[string, unknown, unknown]>([
  ['null and an empty object', { a: null }, { a: {} }],
  ['null and an empty string', { a: null }, { a: '' }],
  ['null and 0', { a: null }, { a: 0 }],
  ['null and false', { a: null }, { a: false }],
  ['an empty list and an empty object', [], {}],
  ['a number and its text', { a: 1 }, { a: '1' }],
  ['a list and an object with its keys', { a: ['x'] }, { a: { 0: 'x' } }],
  ['lengths', [1], [1, 1]],
  ['an element too many that is null', [1], [1, null]],
  ['order', [1, 2], [2, 1]],
  ['a key too many', { a: 1 }, { a: 1, b: 0 }],
  ['the end of a list', [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 3 }]],
  ['spellings', '2001:db8::1', '2001:DB8::1'],
  ['keys named __proto__', own, JSON.parse('{"__proto__":{"a":2}}')],
  ['a key named __proto__ and none', own, {}],
  ['a key that Object.prototype has', { toString: 1 }, {}],
  ['10,000 levels', deep(5000, '1'), deep(5000, '2')],
])('different: %s', (_, one, other) => expect([sameJson(one, other), sameJson(other, one)]).toEqual([false, false]));
