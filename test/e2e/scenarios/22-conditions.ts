import { beforeAll, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { kubectl } from '../support/kubectl.ts';
import { freshName, kinds, path, pathOf, release, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { badObjects, goodSlice, scatteredEndpoints } from '../support/objects.ts';
import { guarding, install } from '../support/release.ts';
import { note } from '../support/report.ts';
import { letKeeperWrite } from '../support/rights.ts';
import { controller, happens } from '../support/situation.ts';
import { situations } from '../support/situations.ts';
import { outcomeOf, updateSituations } from '../support/updates.ts';

// What of this is a call and what is not shows when all pods are gone: the lock-out scenario goes through the same table then.

const admin: As = { user: 'admin', groups: ['system:masters'] };
let namespace: string;

beforeAll(letKeeperWrite);

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

test.each(updateSituations)('with pods: one thing changed of $kind: $title', async (situation) => {
  expect(await happens(situation, namespace)).toMatch(outcomeOf(situation));
});

test.each(kinds)('with pods: in our own namespace: %s', async (kind) => {
  const own = { kind, title: '', as: admin, called: false, namespace: release().namespace, body: badObjects[kind]('') };
  expect(await happens(own, namespace)).toBe('taken');
});

test('a PUT makes no slice', async () => {
  const { status } = await api().put(pathOf('EndpointSlice', namespace, 'absent'), goodSlice('absent'), { as: tenant });
  expect(status).toBe(404);
});

// The mutating webhook refuses nobody, so that it was called shows only in what comes back: subsets packed into one.
test.each([
  { who: 'a tenant', as: tenant, where: () => namespace, subsets: 1 },
  { who: 'a controller', as: controller, where: () => namespace, subsets: 2 },
  { who: 'anybody in our own namespace', as: admin, where: () => release().namespace, subsets: 2 },
  { who: 'anybody in kube-system', as: admin, where: () => 'kube-system', subsets: 2 },
])('with pods: of two subsets of $who the mutating webhook leaves $subsets', async ({ as, where, subsets }) => {
  const scattered = scatteredEndpoints(freshName('scattered'));
  const { status, text, body } = await api().post(`${path(where(), 'endpoints')}?dryRun=All`, scattered, { as });
  expect(status, text).toBe(201);
  expect(body.subsets).toHaveLength(subsets);
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
