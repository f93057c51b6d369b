import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { excessive, worst } from '../bench/worst-bodies.ts';
import { memoryLimit, type Process, post, startBundle } from '../support/bundle.ts';
import { type Idle, openIdle } from '../support/idle.ts';
import { sendSmallReviews } from '../support/small-reviews.ts';

const mebibyte = 1024 * 1024;
const [maxMilliseconds, attempted] = [1000, 1900];

/** At most 280 MiB of the chart's 384, in which there are connections for fewer: those that are idle longest give way. */
describe.each([
  ['with the memory of the chart', memoryLimit, {}, 280 * mebibyte],
  ['with the memory that 2,000 connections need', 640 * mebibyte, { maxConnections: 2000 }, 640 * mebibyte],
])('%s', (_, memory, given, most) => {
  let webhook: Process;
  let idle: Idle;
  let small: ReturnType<typeof sendSmallReviews>;
  const rows: string[] = [];
  beforeAll(async () => {
    webhook = await startBundle([], { memory, given });
    idle = await openIdle(webhook.port, attempted);
    small = sendSmallReviews(webhook.port);
  });
  afterAll(async () => {
    console.log(
      ['| body | webhook | peak MiB | longest small review ms |', '| --- | --- | ---: | ---: |', ...rows].join('\n'),
    );
    idle.close();
    await small.stop();
    await webhook.stop();
  });

  test('1,900 idle connections are answered, and as many are kept as there may be', () => {
    const { maxConnections } = webhook.limits;
    expect(idle.answered()).toBe(attempted);
    expect(idle.open()).toBeLessThanOrEqual(maxConnections);
    expect(idle.open()).toBeGreaterThan(Math.min(attempted, maxConnections) - 10);
    console.log(`${idle.open()} of ${attempted} are kept: ${(webhook.resident() / mebibyte).toFixed(0)} MiB`);
  });

  describe.each(['/validate', '/mutate'])('%s answers, alone and four at once', (path) => {
    test.each(Object.entries(worst))('%s', (name, make) => expectAnswers(name, path, make(), [undefined, 422]));

    test.each(Object.entries(excessive))('that it was not read: %s', (name, make) =>
      expectAnswers(name, path, make(), [413, 429]),
    );
  });

  /** `codes`: of the verdicts of `/validate`. */
  async function expectAnswers(name: string, path: string, body: Buffer, codes: readonly unknown[]): Promise<void> {
    webhook.forgetPeak();
    await small.fared();
    const answers = [await post(webhook.port, path, body)];
    const together = Array.from({ length: 4 }, (_, i) =>
      post(webhook.port, path, body, { localAddress: `127.0.0.${2 + i}` }),
    );
    answers.push(...(await Promise.all(together)));
    const { count, longest, failures } = await small.fared();
    rows.push(`| ${name} | ${path} | ${(webhook.peak() / mebibyte).toFixed(0)} | ${longest.toFixed(0)} |`);
    for (const [i, { code, text }] of answers.entries()) {
      expect(code).toBe(200);
      const { response } = JSON.parse(text);
      if (path === '/mutate') expect(response.allowed).toBe(true);
      else expect(i === 0 ? codes : [...codes, 429, 504]).toContain(response.status?.code); // not all fit in together, or in time
    }
    expect(webhook.lives()).toBe(true);
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(0);
    expect.soft(longest, 'milliseconds of the slowest small review').toBeLessThan(maxMilliseconds);
    expect.soft(webhook.peak() / mebibyte, 'MiB').toBeLessThan(most / mebibyte);
  }
});
