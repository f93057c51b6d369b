import { expect, test } from 'vitest';
import { FieldPath, type Path, pathText } from '../../src/endpoints/field-path.ts';

test.each<[Path, string]>([
  [[], ''],
  [['subsets', 0, 'addresses', 12, 'ip'], 'subsets[0].addresses[12].ip'],
  [[3, 'a'], '[3].a'],
  [['metadata', 'labels', 'a.b/c'], 'metadata.labels[a.b/c]'],
  [['', '1a', '_x'], '[][1a]._x'],
  [['a]"\n'], '[a]\\"\\u000a]'],
  [['k'.repeat(254), '-'.repeat(254)], `${'k'.repeat(254)}[${'-'.repeat(252)}…]`],
])('pathText(%j) is %s', (path, text) => expect(pathText(path)).toBe(text));

test('the steps of a FieldPath lead from the object to the value', () => {
  const root = new FieldPath('subsets');
  const child = root.child(1).child('ports');
  expect([root.steps, child.steps]).toEqual([['subsets'], ['subsets', 1, 'ports']]);
});
