import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { excessive, worst } from '../bench/bodies.ts';
import { memoryLimit, type Process, post, startBundle } from '../support/bundle.ts';

let webhook: Process;
beforeAll(async () => {
  webhook = await startBundle(['--max-share-per-client', '1']);
});
afterEach(({ task }) => {
  expect(webhook.lives()).toBe(true);
  console.log(`${task.name}: ${(webhook.peak() / 2 ** 20).toFixed(0)} MiB at most so far`);
  expect(webhook.peak()).toBeLessThan(memoryLimit);
});
afterAll(() => webhook.stop());

describe.each(['/validate', '/mutate'])('%s answers, alone and four at once', (path) => {
  test.each(Object.entries(worst))('%s', (_, make) => expectAnswers(path, make(), [undefined, 422]));

  test.each(Object.entries(excessive))('that it was not read: %s', (_, make) =>
    expectAnswers(path, make(), [413, 429]),
  );
});

/** `codes`: of the verdicts of `/validate`. */
async function expectAnswers(path: string, body: Buffer, codes: readonly unknown[]): Promise<void> {
  for (const count of [1, 4]) {
    const answers = await Promise.all(Array.from({ length: count }, () => post(webhook.port, path, body)));
    for (const { code, text } of answers) {
      expect(code).toBe(200);
      const { response } = JSON.parse(text);
      if (path === '/mutate') expect(response.allowed).toBe(true);
      else expect(count === 1 ? codes : [...codes, 429]).toContain(response.status?.code); // not all of them fit in together
    }
  }
}
