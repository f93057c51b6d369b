import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { add, conclude, createTally } from './tally.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** A run whose memory and times are these in its first half, and these in its second. */
function tallyOf(seconds: number, memory: readonly [number, number], took: readonly [number, number]) {
  const tally = createTally();
  for (let at = 0; at < seconds; at++) {
    const half = at < seconds / 2 ? 0 : 1;
    tally.resident.push({ at, bytes: memory[half] * 2 ** 20 });
    tally.times.push({ at, took: took[half] });
  }
  return tally;
}

test.each([
  ['5 % more memory', [100, 105], [10, 10], []],
  ['more than that', [100, 106], [10, 10], ['RSS']],
  ['20 % more time', [100, 100], [10, 12], []],
  ['more than that', [100, 100], [10, 12.1], ['p99']],
  ['less of both', [100, 50], [10, 5], []],
] as const)('a long run in which there is %s', (_, memory, took, failures) => {
  const found = conclude(tallyOf(600, memory, took), 600);
  expect(found.map((problem) => problem.split(' ', 1)[0])).toEqual(failures);
});

test('a long run without a figure fails', () => {
  expect(conclude(createTally(), 600)).toHaveLength(2);
});

test('a short run is not judged by figures, but by what was answered wrongly', () => {
  const tally = tallyOf(30, [100, 200], [10, 20]);
  expect(conclude(tally, 30)).toEqual([]);
  add(tally.faults, 'a wrong verdict');
  expect(conclude(tally, 30)).toEqual(['1 × a wrong verdict']);
});
