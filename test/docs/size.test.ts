import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// docs/size.md has figures of docs/performance.md, which a benchmark prints.

const cells = (line: string) => line.split('|').map((cell) => cell.trim());
const rowsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map(cells);
const measured = rowsOf('docs/performance.md');

test('requests a second are those of the run', () => {
  const own = rowsOf('docs/size.md').flatMap(([, size = '', requests]) => {
    const addresses = /^([\d,]+) addresses$/.exec(size)?.[1];
    return addresses ? [['CREATE', addresses, 'endpoints-webhook', requests]] : [];
  });
  expect(own).toHaveLength(4);
  expect(measured.map((row) => row.slice(1, 5))).toEqual(expect.arrayContaining(own));
});

test('time and memory of following a cluster are those of the run', () => {
  const withoutGoal = (cell = '') => cell.replace(/ \(.*/, '');
  const run = measured.map(([, pods, sync, , heap, before, most]) => [pods, sync, before, most, heap].map(withoutGoal));
  const own = rowsOf('docs/size.md').filter(([, , sync]) => / s$/.test(sync ?? ''));
  expect(own).toHaveLength(4);
  for (const [, pods, ...figures] of own)
    expect(run).toContainEqual([pods, ...figures.slice(0, 4).map((figure) => figure.replace(/ (?:s|MiB)$/, ''))]);
});
