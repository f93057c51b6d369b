import { expect, test } from 'vitest';
import { refuseBeyondMemory } from '../../src/serve/serve-memory.ts';
import { serveDefaults } from '../../src/serve/serve-options.ts';
import { spawnServe } from '../support/webhook.ts';

const mebibyte = 1024 * 1024;

/** In MiB: what the chart gives. */
const chart = { heap: 223, all: 384 };

const check = (limits: Partial<typeof serveDefaults>, { heap, all }: typeof chart) =>
  refuseBeyondMemory({ ...serveDefaults, ...limits }, { heap: heap * mebibyte, all: all * mebibyte });

test('the defaults fit into the memory that the chart gives', () => {
  expect(() => check({}, chart)).not.toThrow();
});

test.each([
  [
    { maxRequestBytes: 16 * mebibyte },
    chart,
    /^--max-request-bytes 16777216 needs a heap of 352 MiB, and it has 223 MiB: lower it to 8323072, or raise the memory limit/,
  ],
  [
    {},
    { heap: 100, all: 384 },
    /^--max-request-bytes 6291456 needs a heap of 192 MiB, and it has 100 MiB: lower it to 262144,/,
  ],
  [
    { maxInFlightBytes: 64 * mebibyte },
    chart,
    /^--max-in-flight-bytes 67108864 and --max-connections 500 need, .* 398 MiB altogether, and there are 384 MiB/,
  ],
  [
    { maxConnections: 2000 },
    chart,
    /^--max-in-flight-bytes 25165824 and --max-connections 2000 need, .* 499 MiB altogether/,
  ],
  [{ maxInFlightBytes: mebibyte }, chart, /^--max-in-flight-bytes 1048576 is less than --max-request-bytes 6291456/],
])('%j with %j MiB is refused', (limits, memory, message) => {
  expect(() => check(limits, memory)).toThrow(message);
});

test('what a heap is just large enough for is served', () => {
  expect(() => check({ maxRequestBytes: 8_323_072, maxInFlightBytes: 16 * mebibyte }, chart)).not.toThrow();
  expect(() => check({ maxConnections: 2000 }, { ...chart, all: 499 })).not.toThrow();
});

test('serve ends with 2 where its own heap is too small', async () => {
  const { listening, ended } = spawnServe(['--port', '0', '--operations-port', '0'], {
    NODE_OPTIONS: '--max-old-space-size=64',
  });
  await expect(listening).rejects.toThrow(/^endpoints-webhook: --max-request-bytes 6291456 needs a heap of 192 MiB/);
  expect((await ended).code).toBe(2);
});
