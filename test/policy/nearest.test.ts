import { expect, test } from 'vitest';
import { nearest } from '../../src/policy/nearest.ts';

test.each([
  ['ports-requird', ['port-range', 'ports-required', 'subsets-required'], 'ports-required'],
  ['TCP', ['tcp', 'udp'], 'tcp'],
  ['rules', ['rules', 'ruler'], 'rules'],
  ['ab', ['abcd'], 'abcd'],
  ['a', ['abcd'], undefined],
  ['target-fieldpth', ['target-field-path'], 'target-field-path'],
  ['pathfield', ['target-field-path'], undefined],
  ['xyz', ['abc', 'def'], undefined],
  ['x', [], undefined],
  ['', ['ab', 'abc'], 'ab'],
  ['port-range'.repeat(100), ['port-range'], undefined],
])('nearest to %j in %j is %s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));
