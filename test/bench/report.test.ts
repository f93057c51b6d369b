import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';
import { fillIn, ownRunIds, sectionIds } from './report.ts';

test('docs/performance.md has a place for everything that a run measures, and none for anything else', () => {
  const marks = readFileSync('docs/performance.md', 'utf8').matchAll(/<!-- bench: (\S+) -->/g);
  expect([...marks].map(([, id]) => id).sort()).toEqual([...sectionIds, ...ownRunIds].sort());
});

const document = 'before\n<!-- bench: one -->\nold\n<!-- end -->\nafter\n';

test('figures are printed between their marks, and nothing else is touched', () => {
  const filled = fillIn(document, { one: 'new' });
  expect(filled).toBe('before\n<!-- bench: one -->\nnew\n<!-- end -->\nafter\n');
  expect(fillIn(filled, { one: 'newer' })).toBe(filled.replace('new', 'newer'));
});

test('figures without a mark and marks without figures are errors', () => {
  expect(() => fillIn(document, { one: 'new', two: 'lost' })).toThrow('no mark for two');
  expect(() => fillIn(document, {})).toThrow('a mark for one, which was not measured');
  expect(fillIn(document, {}, ['one'])).toBe(document);
});

test('a chart has a point for each figure, the larger the higher, and none for what was not measured', () => {
  const lines = [{ name: 'a < b & c', values: [10, 100, Number.NaN, 1000] }];
  const chart = drawChart([{ title: 'cost', steps: ['1', '2', '3', '4'], unit: 'µs', lines }]);
  const points =
    /points="([^"]*)"/
      .exec(chart)?.[1]
      ?.split(' ')
      .map((point) => Number(point.split(',')[1])) ?? [];
  expect(points).toHaveLength(3);
  expect(points).toEqual(points.toSorted((a, b) => b - a));
  expect(chart).toContain('a &lt; b &amp; c');
  expect(chart).not.toContain('NaN');
});
