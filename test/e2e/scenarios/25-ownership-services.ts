import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { createService } from '../support/attack.ts';
import { tenantNamespace } from '../support/guard.ts';
import { kinds, slices } from '../support/kinds.ts';
import { freshName, path } from '../support/names.ts';
import { nat64, type Owned, ownership, unusedIn, write } from '../support/ownership.ts';

// Each row of the truth tables about Services and nodes. Load balancers are written into the status, as their controllers do.

let owned: Owned;
let ownService = '';
const balanced = { own: '192.0.2.1', victim: '192.0.2.2', both: '192.0.2.3' };
const claimed = '192.0.2.9';

beforeAll(async () => {
  owned = await ownership();
  const { namespace, victim } = owned;
  ownService = (await createService(namespace, 'plain')).spec?.clusterIP ?? '';
  await balance(namespace, [{ ip: balanced.own }, { ip: balanced.both }]);
  await balance(victim.namespace, [{ ip: balanced.victim }, { ip: balanced.both }, { hostname: 'lb.example.com' }]);
  await createService(victim.namespace, 'claiming', { externalIPs: [claimed] });
  await createService(victim.namespace, 'headless', { clusterIP: 'None' });
});

/** A class that no controller of the cluster knows keeps them all away. */
async function balance(namespace: string, ingress: readonly object[]): Promise<void> {
  const name = freshName('balanced');
  await createService(namespace, name, { type: 'LoadBalancer', loadBalancerClass: 'example.com/none' });
  const status = { loadBalancer: { ingress } };
  const answer = await api().patch(`${path(namespace, 'services', name)}/status`, { status });
  expect(answer.status, answer.text).toBe(200);
}

const kubernetes = async () => (await api().get(path('default', 'services', 'kubernetes'))).body.spec?.clusterIP ?? '';
const free = () => unusedIn(owned.networks.services, 9);

/** What the address is, and the rule that refuses it. */
const rows: readonly (readonly [string, () => string | Promise<string>, string | undefined])[] = [
  ['the ClusterIP of an own Service', () => ownService, 'service-address'],
  ['the ClusterIP of another tenant’s Service', () => owned.victim.service, 'service-address'],
  ['a ClusterIP inside an IPv6 address', () => nat64(owned.victim.service), 'service-address'],
  ['the ClusterIP of the Service “kubernetes”', kubernetes, 'service-address'],
  ['free in the Service network', free, 'service-address'],
  ['free in the Service network, inside an IPv6 address', () => nat64(free()), 'service-address'],
  ['of the load balancer of an own Service', () => balanced.own, undefined],
  ['of the load balancer of another tenant’s Service', () => balanced.victim, 'service-address'],
  ['of a load balancer that both have', () => balanced.both, 'service-address'],
  ['an external IP of another tenant’s Service', () => claimed, undefined],
  ['of a node', () => owned.node, 'node-address'],
  ['of a node, inside an IPv6 address', () => nat64(owned.node), 'node-address'],
  ['of an API server', () => owned.apiServer.ip, 'node-address'],
  ['of an API server, inside an IPv6 address', () => nat64(owned.apiServer.ip), 'node-address'],
];

describe.each(kinds)('$kind', (kind) => {
  test.each(rows)('an address that is %s', async (_, addressOf, rule) => {
    const { status, text, body } = await write(kind, owned.namespace, await addressOf(), owned.tenant);
    if (rule === undefined) expect(status, text).toBe(201);
    else expect([status, body.message]).toEqual([403, expect.stringContaining(`[endpoints-webhook: ${rule}]`)]);
    expect(text, 'nobody is told whose it is').not.toContain(owned.victim.namespace);
  });

  test('an external IP counts where the policy says so, unless it is one’s own', async () => {
    const { namespace, tenant } = await tenantNamespace('strict');
    const refused = await write(kind, namespace, claimed, tenant);
    expect(refused.body.message).toContain('[endpoints-webhook: service-address]');
    const own = kind === slices ? '192.0.2.10' : '192.0.2.11';
    await createService(namespace, 'own', { externalIPs: [own] });
    const { status, text } = await write(kind, namespace, own, tenant);
    expect(status, text).toBe(201);
  });

  test('a trusted namespace’s load balancer may be listed, its ClusterIP may not', async () => {
    const { namespace, tenant } = await tenantNamespace('trusting');
    const { status, text } = await write(kind, namespace, balanced.victim, tenant);
    expect(status, text).toBe(201);
    const refused = await write(kind, namespace, owned.victim.service, tenant);
    expect(refused.body.message).toContain('[endpoints-webhook: service-address]');
  });
});
