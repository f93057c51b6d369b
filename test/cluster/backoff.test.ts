import { expect, test } from 'vitest';
import { createBackoff } from '../../src/cluster/backoff.ts';

const limits = { firstBackoff: 500, maxBackoff: 30_000 };

test('doubles with each failure up to its limit, and is 50 to 100 % of that', () => {
  const backoff = createBackoff(limits);
  for (const most of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, ...Array(2000).fill(30_000)]) {
    const wait = backoff.next();
    expect(wait).toBeGreaterThanOrEqual(most / 2);
    expect(wait).toBeLessThanOrEqual(most);
  }
  backoff.reset();
  expect(backoff.next()).toBeLessThanOrEqual(500);
});

test('two clients do not come back at once', () => {
  const waits = Array.from({ length: 20 }, () => createBackoff(limits).next());
  expect(new Set(waits).size).toBeGreaterThan(1);
});

test.each([
  [7, 7000],
  [0, 500],
  [3600, 30_000],
])('what the API server asks for, within the same limits: %i s', (seconds, milliseconds) => {
  expect(createBackoff(limits).next(seconds)).toBe(milliseconds);
});

test('the first failure may be followed at once, but not the next', () => {
  const backoff = createBackoff(limits);
  expect(backoff.nextAtOnce()).toBe(0);
  expect(backoff.nextAtOnce()).toBeGreaterThanOrEqual(500);
});
