import { describe, expect, test } from 'vitest';
import { computeLimits } from '../../src/serve/serve-limits.ts';
import type { ServeLimits } from '../../src/serve/serve-options.ts';
import { spawnServe } from '../support/webhook.ts';

const mebibyte = 1024 * 1024;

/** In MiB: what the chart gives. */
const chart = { heap: 223, all: 384 };

const compute = (limits: Partial<ServeLimits>, { heap, all }: typeof chart) =>
  computeLimits(limits, { heap: heap * mebibyte, all: all * mebibyte });

describe('without flags the limits are as large as the memory allows', () => {
  test.each([
    ['what the chart gives', chart, [6, 24, 510]],
    ['just enough', { heap: 144, all: 230 }, [3, 12, 100]],
    ['256Mi in the chart', { heap: 152, all: 256 }, [3, 12, 210]],
    ['512Mi in the chart', { heap: 293, all: 512 }, [8, 38, 820]],
    ['1Gi in the chart', { heap: 575, all: 1024 }, [8, 96, 2050]],
    ['2Gi in the chart', { heap: 1138, all: 2048 }, [8, 211, 4510]],
    ['4Gi in the chart', { heap: 2264, all: 4096 }, [8, 256, 5000]],
    ['a small heap in much memory', { heap: 160, all: 4096 }, [4, 256, 5000]],
    ['a machine', { heap: 4144, all: 32_768 }, [8, 256, 5000]],
  ])('%s', (_, memory, [request, inFlight, connections]) => {
    expect(compute({}, memory)).toEqual({
      maxRequestBytes: Number(request) * mebibyte,
      maxInFlightBytes: Number(inFlight) * mebibyte,
      maxConnections: connections,
    });
  });

  test('more memory never gives less of anything', () => {
    let before = compute({}, { heap: 144, all: 232 });
    for (let all = 233; all < 3000; all++) {
      const limits = compute({}, { heap: Math.max(144, Math.floor(all * 0.55)), all });
      for (const name of ['maxRequestBytes', 'maxInFlightBytes', 'maxConnections'] as const)
        expect(limits[name], `${name} with ${all} MiB`).toBeGreaterThanOrEqual(before[name]);
      before = limits;
    }
  });

  test.each([
    [
      { heap: 82, all: 128 }, // 128Mi in the chart
      /^--max-request-bytes 3145728 needs a heap of 144 MiB, and it has 82 MiB: raise the memory limit/,
    ],
    [
      { heap: 143, all: 384 },
      /^--max-request-bytes 3145728 needs a heap of 144 MiB, and it has 143 MiB: lower it to 3080192, or raise the memory limit \(in the chart resources\.limits\.memory\)/,
    ],
    [
      { heap: 144, all: 229 },
      /^--max-in-flight-bytes 12582912 and --max-connections 100 need, beside a heap of 144 MiB, memory of 230 MiB altogether, and there are 229 MiB: lower them, or raise/,
    ],
    [
      { heap: 300, all: 256 },
      /beside a heap of 300 MiB, memory of 386 MiB altogether, and there are 256 MiB: .*nodeOptions/,
    ],
  ])('%j is too little', (memory, message) => {
    expect(() => compute({}, memory)).toThrow(message);
  });
});

describe('what is given stays, and the rest fits beside it', () => {
  test.each<[Partial<ServeLimits>, Partial<ServeLimits>]>([
    [{ maxConnections: 900 }, { maxInFlightBytes: 12 * mebibyte, maxRequestBytes: 3 * mebibyte }],
    [{ maxInFlightBytes: 64 * mebibyte }, { maxConnections: 350, maxRequestBytes: 7 * mebibyte }],
    [{ maxRequestBytes: 8_323_072 }, { maxConnections: 510, maxInFlightBytes: 24 * mebibyte }],
    [{ maxRequestBytes: 1024 }, { maxConnections: 510, maxInFlightBytes: 24 * mebibyte }],
    [{ maxRequestBytes: 4096, maxInFlightBytes: 4096 }, { maxConnections: 510 }],
    [{ maxRequestBytes: 6 * mebibyte, maxInFlightBytes: 8 * mebibyte }, { maxConnections: 510 }],
  ])('%j in what the chart gives', (given, computed) => {
    expect(compute(given, chart)).toEqual({ ...given, ...computed });
  });

  test.each<[Partial<ServeLimits>, RegExp]>([
    [
      { maxRequestBytes: 16 * mebibyte },
      /^--max-request-bytes 16777216 needs a heap of 352 MiB, and it has 223 MiB: lower it to 8323072, or raise the memory limit/,
    ],
    [
      { maxInFlightBytes: 64 * mebibyte, maxConnections: 500 },
      /^--max-in-flight-bytes 67108864 and --max-connections 500 need, .* 398 MiB altogether, and there are 384 MiB/,
    ],
    [
      { maxConnections: 2000 },
      /^--max-in-flight-bytes 12582912 and --max-connections 2000 need, .* 487 MiB altogether, and there are 384 MiB/,
    ],
    [
      { maxRequestBytes: 6 * mebibyte, maxInFlightBytes: mebibyte },
      /^--max-in-flight-bytes 1048576 is too little for --max-request-bytes 6291456, .*: raise it to 8388608, or lower --max-request-bytes to 786432$/,
    ],
    [
      { maxRequestBytes: 6 * mebibyte, maxInFlightBytes: 8 * mebibyte - 1 },
      /^--max-in-flight-bytes 8388607 is too little for --max-request-bytes 6291456, .*: raise it to 8388608, or lower --max-request-bytes to 6291455$/,
    ],
    [
      { maxInFlightBytes: 3 * mebibyte },
      /^--max-in-flight-bytes 3145728 is too little for --max-request-bytes 3145728, .*: raise it to 4194304, or lower --max-request-bytes to 2359296$/,
    ],
    [
      { maxRequestBytes: 300_000, maxInFlightBytes: 400_000 },
      /^--max-in-flight-bytes 400000 is too little for --max-request-bytes 300000, .*: raise it to 562144, or lower --max-request-bytes to 262144$/,
    ],
  ])('%j does not fit', (given, message) => {
    expect(() => compute(given, chart)).toThrow(message);
  });
});

/** The heap of a process whose old generation has so many MiB. */
const heapOf = (mebibytes: number) => ({
  NODE_OPTIONS: `--max-old-space-size=${mebibytes} --max-semi-space-size=4`,
});
const ports = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];

/** What a process says of its limits when it listens. */
async function startedLimits(flags: readonly string[], env: Readonly<Record<string, string>>) {
  const { child, listening, ended } = spawnServe([...ports, ...flags], env);
  const line = await listening;
  child.kill('SIGKILL');
  await ended;
  return line;
}

test('a body that is given has room in what is computed', () => {
  const { maxInFlightBytes } = compute({ maxRequestBytes: 240 * mebibyte }, { heap: 4144, all: 32_768 });
  expect(maxInFlightBytes).toBe(320 * mebibyte);
});

describe('serve', () => {
  test.each([
    [211, 7],
    [160, 4],
    [1000, 8],
  ])('with an old generation of %i MiB takes bodies of %i MiB, and says so when it listens', async (heap, request) => {
    expect(await startedLimits([], heapOf(heap))).toMatchObject({
      maxRequestBytes: request * mebibyte,
      maxInFlightBytes: expect.any(Number),
      maxConnections: expect.any(Number),
    });
  });

  test('keeps what its flags say', async () => {
    const flags = ['--max-request-bytes', '2048', '--max-in-flight-bytes', '4096', '--max-connections', '3'];
    expect(await startedLimits(flags, heapOf(160))).toMatchObject({
      maxRequestBytes: 2048,
      maxInFlightBytes: 4096,
      maxConnections: 3,
    });
  });

  test('ends with 2 where its largest body leaves no room for others', async () => {
    const flags = [...ports, '--max-request-bytes', '1000000', '--max-in-flight-bytes', '1000000'];
    const { listening, ended } = spawnServe(flags);
    await expect(listening).rejects.toThrow(/: raise it to 1333334, or lower --max-request-bytes to 737856\n$/);
    expect((await ended).code).toBe(2);
  });

  test('ends with 2 where its own heap is too small', async () => {
    const { listening, ended } = spawnServe(ports, { NODE_OPTIONS: '--max-old-space-size=64 --max-semi-space-size=4' });
    await expect(listening).rejects.toThrow(/^endpoints-webhook: --max-request-bytes 3145728 needs a heap of 144 MiB/);
    expect((await ended).code).toBe(2);
  });
});
