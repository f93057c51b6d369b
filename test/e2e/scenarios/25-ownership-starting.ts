import { beforeAll, expect, test } from 'vitest';
import { freshAccount } from '../support/account.ts';
import { type Owned, ownership } from '../support/ownership.ts';
import { note } from '../support/report.ts';
import { grant, plainWrite } from '../support/rights.ts';
import { startSelfWriter } from '../support/self-writer.ts';

let owned: Owned;

beforeAll(async () => {
  owned = await ownership();
});

test('a pod that lists its own address the moment it starts is never refused, 50 times', async () => {
  const { user } = await freshAccount(owned.namespace, 'self');
  await grant(owned.namespace, { user }, plainWrite);
  const written = [];
  for (let round = 0; round < 10; round++) {
    const pods = Array.from({ length: 5 }, () => startSelfWriter(owned.namespace, 'self'));
    written.push(...(await Promise.all(pods)).flat());
  }
  expect(written.filter(({ status }) => status !== 201)).toEqual([]);
  expect(written).toHaveLength(100);
  const after = written.map((one) => one.after).sort((a, b) => a - b);
  note(
    'ownership',
    `- 50 pods that list their own address as the first thing that they do: of ${written.length} writes none was refused; answered ${after[50]} ms after the process began (median), ${after.at(-1)} ms at most.`,
  );
});
