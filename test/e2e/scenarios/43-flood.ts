import { beforeAll, expect, test } from 'vitest';
import { createLarge, createSmall, largestObjects, startFlood } from '../support/flood.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install, ourPods, settled } from '../support/release.ts';
import { note } from '../support/report.ts';
import { pause } from '../support/until.ts';

// One tenant writes the largest objects that the API server takes, 16 at once; another writes small ones meanwhile.

let namespaces: { readonly large: string; readonly small: string };

beforeAll(async () => {
  namespaces = { large: await freshNamespace('flooding'), small: await freshNamespace('flooded') };
  await install();
  await guarding(namespaces.small);
  await settled(2);
});

test.each(largestObjects())('60 small creates of another tenant succeed beside 16 of $title', async (flood) => {
  expect(await createLarge(namespaces.large, flood), 'one alone is judged').toMatch(/201|endpoints-webhook/);
  const stop = startFlood(namespaces.large, flood, 16);
  await pause(2000);
  const { milliseconds, failed } = await createSmall(namespaces.small, 60, 4);
  const answers = await stop();
  const [median, slow, slowest] = [0.5, 0.99, 1].map((part) => Math.round(milliseconds[Math.ceil(part * 60) - 1] ?? 0));
  const got = [...answers].map(([answer, times]) => `  - ${times} times ${answer}`).join('\n');
  note(
    'flood',
    `- 16 at once, ${flood.title}: ${failed.length} of 60 small creates failed; they took ${median} ms (median), ${slow} ms (p99), ${slowest} ms at most. The large ones got\n${got}`,
  );
  expect(failed).toEqual([]);
  const restarts = (await ourPods()).flatMap(({ status }) => status?.containerStatuses?.map((one) => one.restartCount));
  expect(restarts).toEqual([0, 0]);
});
