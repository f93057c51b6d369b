import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { kubectl } from '../support/kubectl.ts';
import { kinds, pathOf, release, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { badObjects, goodSlice } from '../support/objects.ts';
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
  note(
    'conditions',
    'Each was tried with two pods, and with none: a write about which the webhook is called then fails.\n',
  );
  for (const kind of kinds) {
    const own = situations.filter((situation) => situation.kind === kind);
    const rows = own.map(
      ({ title, called, verdict }) => `| ${title} | ${called ? (verdict ?? 'refused') : 'not called'} |`,
    );
    note('conditions', [`| write of ${kind} | with pods |`, '| --- | --- |', ...rows, ''].join('\n'));
  }
});

test.each(situations)('with pods: $kind: $title', async (situation) => {
  const refused = situation.called && situation.verdict !== 'allowed';
  expect(await happens(situation, namespace)).toBe(refused ? 'refused by us' : 'taken');
});

test.each(kinds)('with pods: in our own namespace: %s', async (kind) => {
  const as = { user: 'admin', groups: ['system:masters'] };
  const own = { kind, title: '', as, called: false, namespace: release().namespace, body: badObjects[kind]('') };
  expect(await happens(own, namespace)).toBe('taken');
});

test('a PUT makes no slice', async () => {
  const { status } = await api().put(pathOf('EndpointSlice', namespace, 'absent'), goodSlice('absent'), { as: tenant });
  expect(status).toBe(404);
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
