import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { tenantNamespace } from '../support/guard.ts';
import { kinds } from '../support/kinds.ts';
import { freshName, path } from '../support/names.ts';
import { createNamespace } from '../support/namespace.ts';
import { nat64, type Owned, ownership, unusedIn, write } from '../support/ownership.ts';
import { createPod, podThat, runPod, writePod } from '../support/pod.ts';
import { freshTenant } from '../support/rights.ts';
import { controller } from '../support/situation.ts';
import { server } from '../support/traffic.ts';
import { until } from '../support/until.ts';

// Each row of the truth table about pods, with real pods where a node can run them, and else with a status written as a kubelet would.

let owned: Owned;
/** Of pods that are being deleted, and of one that has ended. */
const leaving = { own: '', victim: '' };
let ended = '';
const stays = { spec: { terminationGracePeriodSeconds: 3600 } };
const second = { own: 'fd00:e2e::a', victim: 'fd00:e2e::b' };
const written = (last: number) => unusedIn(owned.networks.pods, last);
const [evicted, external] = ['203.0.113.9', '203.0.113.10'];

beforeAll(async () => {
  owned = await ownership();
  const { namespace, victim } = owned;
  leaving.own = await leave(namespace);
  leaving.victim = await leave(victim.namespace);
  ended = await end(victim.namespace);
  await writePod(namespace, 'starting', statusOf('Pending', written(1), second.own));
  await writePod(victim.namespace, 'dual', statusOf('Running', written(2), second.victim));
  await writePod(victim.namespace, 'evicted', statusOf('Failed', evicted));
  for (const one of [namespace, victim.namespace]) await writePod(one, 'both', statusOf('Running', written(3)));
});

afterAll(async () => {
  for (const namespace of [owned.namespace, owned.victim.namespace])
    await api().delete(`${path(namespace, 'pods', 'leaving')}?gracePeriodSeconds=0`);
});

function statusOf(phase: string, ...ips: readonly string[]) {
  return { phase, podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) };
}

/** A pod that goes on running after it was deleted: process 1 ignores what it does not handle. */
async function leave(namespace: string): Promise<string> {
  const { status } = await runPod(namespace, 'leaving', server, stays);
  await api().delete(path(namespace, 'pods', 'leaving'));
  await podThat('is being deleted', namespace, 'leaving', ({ metadata }) => metadata?.deletionTimestamp !== undefined);
  return status?.podIP ?? '';
}

async function end(namespace: string): Promise<string> {
  await createPod(namespace, 'ended', 'setTimeout(() => {}, 2000)', { spec: { restartPolicy: 'Never' } });
  const { status } = await podThat('has an address', namespace, 'ended', (pod) => pod.status?.podIP !== undefined);
  await podThat('has ended', namespace, 'ended', (pod) => pod.status?.phase === 'Succeeded');
  return status?.podIP ?? '';
}

/** What the address is, and the rule that refuses it. */
const rows: readonly (readonly [string, () => string, string | undefined])[] = [
  ['of an own pod', () => owned.own, undefined],
  ['of an own pod, inside an IPv6 address', () => nat64(owned.own), undefined],
  ['of an own pod that is not ready', () => written(1), undefined],
  ['the second one of an own pod', () => second.own, undefined],
  ['of an own pod that is being deleted', () => leaving.own, undefined],
  ['of another tenant’s pod', () => owned.victim.pod, 'foreign-pod'],
  ['of another tenant’s pod, inside an IPv6 address', () => nat64(owned.victim.pod), 'foreign-pod'],
  ['the second one of another tenant’s pod', () => second.victim, 'foreign-pod'],
  ['of another tenant’s pod that is being deleted', () => leaving.victim, 'foreign-pod'],
  ['of both an own and another tenant’s pod', () => written(3), 'foreign-pod'],
  ['of another tenant’s pod that has ended', () => ended, 'unclaimed-address'],
  ['of an evicted pod, outside of the pod network', () => evicted, undefined],
  ['nobody’s, in the pod network', () => written(9), 'unclaimed-address'],
  ['nobody’s, in the pod network and inside an IPv6 address', () => nat64(written(9)), 'unclaimed-address'],
  ['nobody’s, elsewhere', () => external, undefined],
];

describe.each(kinds)('$kind', (kind) => {
  test.each(rows)('an address that is %s', async (_, addressOf, rule) => {
    const { status, text, body } = await write(kind, owned.namespace, addressOf(), owned.tenant);
    if (rule === undefined) expect(status, text).toBe(201);
    else expect([status, body.message]).toEqual([403, expect.stringContaining(`[endpoints-webhook: ${rule}]`)]);
    expect(text, 'nobody is told whose it is').not.toContain(owned.victim.namespace);
  });

  test('a pod in its node’s network has the node’s address, which is nobody’s to list', async () => {
    const namespace = freshName(`${owned.namespace}-host`);
    await createNamespace(namespace, 'privileged');
    const { status } = await runPod(namespace, 'host', 'setInterval(() => {}, 1e9)', { spec: { hostNetwork: true } });
    for (const [where, as] of [
      [namespace, await freshTenant(namespace)],
      [owned.namespace, owned.tenant],
    ] as const) {
      const { body } = await write(kind, where, status?.podIP ?? '', as);
      expect(body.message).toContain('[endpoints-webhook: node-address]');
    }
  });

  test('trust is of names, and one way', async () => {
    const { namespace: trusting, tenant } = await tenantNamespace('trusting');
    const { status, text } = await write(kind, trusting, owned.victim.pod, tenant);
    expect(status, text).toBe(201);
    const pod = await runPod(trusting, 'own', server);
    const back = await write(kind, owned.namespace, pod.status?.podIP ?? '', owned.tenant);
    expect(back.body.message).toContain('[endpoints-webhook: foreign-pod]');
  });

  test('an update that changes nothing is allowed, whosever the address is by now; another one is not', async () => {
    const name = freshName('kept');
    const object = kind.object(name, owned.victim.pod);
    expect((await api().post(kind.path(owned.namespace), object, { as: controller })).status).toBe(201);
    const patch = (body: unknown) => api().patch(kind.path(owned.namespace, name), body, { as: owned.tenant });
    expect((await patch({ metadata: { labels: { app: 'web' } } })).status).toBe(200);
    const {
      apiVersion: _,
      kind: __,
      metadata: ___,
      addressType: ____,
      ...content
    } = kind.object(name, owned.victim.pod, 81);
    expect((await patch(content)).body.message).toContain('[endpoints-webhook: foreign-pod]');
  });

  test('a pod that is gone leaves an address that nobody has', async () => {
    const pod = await runPod(owned.namespace, freshName('going'), server);
    const ip = pod.status?.podIP ?? '';
    expect((await write(kind, owned.namespace, ip, owned.tenant)).status).toBe(201);
    await api().delete(`${path(owned.namespace, 'pods', pod.metadata?.name)}?gracePeriodSeconds=0`);
    const said = async () => (await write(kind, owned.namespace, ip, owned.tenant)).text;
    await until('it is refused', async () => (await said()).includes('[endpoints-webhook: unclaimed-address]'));
  });
});
