import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { add, conclude, createTally } from './tally.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

type Halves = readonly [number, number];

/** A run whose memory and times are these in its first half, and these in its second. */
function tallyOf(seconds: number, memory: Halves, heap: Halves, took: Halves) {
  const tally = createTally();
  for (let at = 0; at < seconds; at++) {
    const half = at < seconds / 2 ? 0 : 1;
    tally.resident.push({ at, bytes: memory[half] * 2 ** 20 });
    tally.heap.push({ at, bytes: heap[half] * 2 ** 20 }, { at, bytes: 2 ** 30 }); // the least of them counts
    tally.times.push({ at, took: took[half] });
  }
  return tally;
}

test.each([
  ['5 % more memory', [100, 105], [40, 40], [10, 10], []],
  ['more than that', [100, 106], [40, 40], [10, 10], ['RSS']],
  ['20 % more time', [100, 100], [40, 40], [10, 12], []],
  ['more than that', [100, 100], [40, 40], [10, 12.1], ['p99']],
  ['25 % more heap', [100, 100], [40, 50], [10, 10], []],
  ['more than that', [100, 100], [40, 51], [10, 10], ['heap']],
  ['less of all', [100, 50], [40, 20], [10, 5], []],
] as const)('a long run in which there is %s', (_, memory, heap, took, failures) => {
  const found = conclude(tallyOf(600, memory, heap, took), 600);
  expect(found.map((problem) => problem.split(' ', 1)[0])).toEqual(failures);
});

test('a long run without a figure fails', () => {
  expect(conclude(createTally(), 600)).toHaveLength(3);
});

test('a short run is not judged by figures, but by what was answered wrongly', () => {
  const tally = tallyOf(30, [100, 200], [40, 80], [10, 20]);
  expect(conclude(tally, 30)).toEqual([]);
  add(tally.faults, 'a wrong verdict');
  expect(conclude(tally, 30)).toEqual(['1 × a wrong verdict']);
});
