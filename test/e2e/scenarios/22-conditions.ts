import { beforeAll, expect, test } from 'vitest';
import { kubectl } from '../support/kubectl.ts';
import { release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { badEndpoints } from '../support/objects.ts';
import { guarding, install } from '../support/release.ts';
import { note } from '../support/report.ts';
import { happens } from '../support/situation.ts';
import { situations } from '../support/situations.ts';

// What of this is a call and what is not shows when all pods are gone: the lock-out scenario goes through the same table then.

let namespace: string;

beforeAll(async () => {
  await install();
  namespace = await freshNamespace('conditions');
  await guarding(namespace);
  const rows = situations.map(({ title, called }) => `| ${title} | ${called ? 'yes' : 'no'} |`);
  note(
    'conditions',
    [
      'Each was tried with two pods, and with none: a write about which the webhook is called then fails.\n',
      '| write | called |',
      '| --- | --- |',
      ...rows,
    ].join('\n'),
  );
});

test.each(situations)('with pods: $title', async (situation) => {
  const refused = situation.called && situation.verdict !== 'allowed';
  expect(await happens(situation, namespace)).toBe(refused ? 'refused by us' : 'taken');
});

test('with pods: in our own namespace', async () => {
  const as = { user: 'admin', groups: ['system:masters'] };
  const own = { title: '', as, called: false, namespace: release().namespace, body: badEndpoints('') };
  expect(await happens(own, namespace)).toBe('taken');
});

test('a tenant cannot pass for a controller', async () => {
  const asked = await kubectl([
    'auth',
    'can-i',
    'impersonate',
    `serviceaccounts/endpoint-controller`,
    '--as',
    'tenant',
  ]);
  expect([asked.code, asked.out.trim()]).toEqual([1, 'no']);
});
