import { expect, test } from 'vitest';
import { readTimeLimit } from '../../src/server/time-limit.ts';

test.each([
  ['/validate?timeout=5s', 4000],
  ['/validate?timeout=500ms', 400],
  ['/validate?timeout=1.5s', 1200],
  ['/validate?timeout=0.000001s', 0.0008],
  ['/validate?timeout=1.0625s', 850],
  ['/validate?a=b&timeout=2s&c=d', 1600],
  ['/validate?timeout=1m30s', 10_000],
  ['/validate?timeout=1h', 10_000],
  ['/validate', 10_000],
  ['/validate?timeout=', 10_000],
  ['/validate?timeout=0s', 10_000],
  ['/validate?timeout=-5s', 10_000],
  ['/validate?timeout=5', 10_000],
  ['/validate?timeout=5sx', 10_000],
  ['/validate?xtimeout=1s', 10_000],
])('%s may take %i ms', (url, milliseconds) => {
  expect(readTimeLimit(url)).toBe(milliseconds);
});
