import { beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { createService, expectNotInService, inService } from '../support/attack.ts';
import { type Guarded, guard, installGuard, startCaller, tenantNamespace } from '../support/guard.ts';
import { endpoints, type JudgedKind, kinds, slices, slicesOf } from '../support/kinds.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { freshName, release } from '../support/names.ts';
import { createNamespace } from '../support/namespace.ts';
import { runPod } from '../support/pod.ts';
import { note } from '../support/report.ts';
import { bind, freshTenant } from '../support/rights.ts';
import { server } from '../support/traffic.ts';
import { until } from '../support/until.ts';

let guarded: Guarded;
let namespace: string;
let tenant: As;
let call: (host: string) => Promise<string>;

beforeAll(async () => {
  guarded = await guard();
  ({ namespace, tenant } = await tenantNamespace('traffic'));
  call = await startCaller(namespace);
});

describe('traffic', () => {
  const clusterIp = async (name: string) => (await createService(namespace, name)).spec?.clusterIP ?? '';
  const arrives = (host: string, what: string) =>
    until(`${host} answers ${what}`, async () => (await call(host)).trim() === what);

  test('the pod that calls can reach what tenants must not aim Services at: nothing else is in between', async () => {
    await arrives(guarded.victim.pod, 'secret');
    await arrives(guarded.victim.service, 'secret');
  });

  test('controllers are not held back: a Service with a selector leads to its pod, whose address is forbidden to tenants', async () => {
    await runPod(namespace, 'own', server, { labels: { app: 'own' }, env: { NAME: 'own' } });
    const own = await createService(namespace, 'own', { selector: { app: 'own' } });
    await arrives(own.spec?.clusterIP ?? '', 'own');
    const [slice] = await slicesOf(namespace, 'own');
    expect(slice?.metadata?.labels?.['endpointslice.kubernetes.io/managed-by']).toBe('endpointslice-controller.k8s.io');
  });

  test.each(kinds)('$kind of an administrator lead there; those of a tenant do not', async (kind) => {
    const write = async (as?: As) => {
      const name = freshName('leads');
      const host = await clusterIp(name);
      const { status } = await api().post(kind.path(namespace), kind.object(name, guarded.victim.pod), { as });
      return { host, status };
    };
    const refused = await write(tenant);
    const taken = await write();
    expect([refused.status, taken.status]).toEqual([403, 201]);
    await arrives(taken.host, 'secret'); // kube-proxy has seen both by now
    expect(await call(refused.host)).toContain('not reached');
  });

  test('Endpoints are no way around the rule for slices: what is mirrored was judged as Endpoints', async () => {
    const name = freshName('mirrored');
    const host = await clusterIp(name);
    const good = await api().post(endpoints.path(namespace), endpoints.object(name, '198.51.100.7'), { as: tenant });
    expect(good.status, good.text).toBe(201);
    const mirror = await until('it is mirrored', async () => (await slicesOf(namespace, name))[0]);
    for (const kind of kinds) {
      const of = kind === endpoints ? name : (mirror.metadata?.name ?? '');
      const {
        metadata: _,
        apiVersion: __,
        kind: ___,
        addressType: ____,
        ...content
      } = kind.object(of, guarded.victim.pod);
      const { status, text } = await api().patch(kind.path(namespace, of), content, { as: tenant });
      expect(status, text).toBe(403);
    }
    await expectNotInService(namespace, name, guarded.victim.pod);
    expect(await call(host)).toContain('not reached');
  });

  test('slices are no way around the rule for Endpoints: beside Endpoints that are in order, a slice is judged', async () => {
    const name = freshName('beside');
    const host = await clusterIp(name);
    await api().post(endpoints.path(namespace), endpoints.object(name, '198.51.100.7'), { as: tenant });
    const slice = { ...slices.object(freshName(name), guarded.victim.pod), ...{} };
    const labels = { 'kubernetes.io/service-name': name };
    for (const managedBy of ['mine', 'endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']) {
      const metadata = {
        ...slice.metadata,
        labels: { ...labels, 'endpointslice.kubernetes.io/managed-by': managedBy },
      };
      const { status } = await api().post(slices.path(namespace), { ...slice, metadata }, { as: tenant });
      expect(status).toBe(403);
    }
    expect(await inService(namespace, name, guarded.victim.pod)).toEqual([]);
    expect(await call(host)).toContain('not reached');
    note(
      'targets',
      '- Live traffic: a pod of the tenant reached the other tenant’s pod by a Service that an administrator had aimed there, of either kind, and by none that a tenant could make.',
    );
  });
});

describe('per namespace', () => {
  test('a policy for some namespaces loosens there and nowhere else, and a label of a namespace loosens nothing', async () => {
    const legacy = freshName(`legacy-e2e`);
    const audited = { match: ['legacy-*'], rules: { 'forbidden-network': { enforcement: 'audit' } } };
    await createNamespace(legacy, 'restricted');
    const as = await freshTenant(legacy);
    await installGuard(guarded.networks, { namespaces: [audited] });
    const labels = {
      'kubernetes.io/metadata.name': 'legacy-e2e',
      name: legacy,
      'endpoints-webhook.io/enforcement': 'audit',
    };
    await api().patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels } });
    for (const kind of kinds) {
      const create = (where: string, who: As, port?: number) =>
        api().post(`${kind.path(where)}?dryRun=All`, kind.object('web', guarded.victim.pod, port), { as: who });
      const there = await create(legacy, as);
      expect([there.status, there.warnings.filter((text) => text.includes('endpoints-webhook'))]).toEqual([201, []]);
      expect((await create(legacy, as, 10250)).status).toBe(403); // the port is still denied there
      expect((await create(namespace, tenant)).status).toBe(403);
    }
    const kept = (await api().get(`/api/v1/namespaces/${namespace}`)).body.metadata?.labels;
    expect(kept).toMatchObject({ 'kubernetes.io/metadata.name': namespace, name: legacy });
    await api().delete(`/api/v1/namespaces/${legacy}`);
  });
});

describe('tenantAccess', () => {
  const roles = ['edit', 'admin'];
  const users = roles.map((role): As => ({ user: freshName(role) }));
  const write = (kind: JudgedKind, as: As, ip = '198.51.100.7') =>
    api().post(kind.path(namespace), kind.object(freshName('plain'), ip), { as });

  beforeAll(async () => {
    for (const [i, name] of roles.entries()) await bind(namespace, users[i]?.user ?? '', { kind: 'ClusterRole', name });
    await installGuard(guarded.networks);
  });

  test('without it neither edit nor admin may write', async () => {
    for (const as of users)
      for (const kind of kinds) {
        const { status, text } = await write(kind, as);
        expect([status, text.includes('endpoints-webhook')]).toEqual([403, false]);
      }
  });

  test('with it both may, and are held back by the rules', async () => {
    await installGuard(guarded.networks, {}, { tenantAccess: { enabled: true } });
    for (const as of users)
      for (const kind of kinds) {
        const { body } = await until('the role is aggregated', async () => {
          const answer = await write(kind, as);
          return answer.status === 201 && answer;
        });
        const refused = await write(kind, as, guarded.victim.pod);
        expect([refused.status, refused.body.message]).toEqual([
          403,
          expect.stringContaining('[endpoints-webhook: forbidden-network]'),
        ]);
        expect((await api().delete(kind.path(namespace, body.metadata?.name), { as })).status).toBe(200);
      }
  });

  test('once it is off again neither may', async () => {
    await installGuard(guarded.networks);
    for (const as of users) await until('it is taken back', async () => (await write(slices, as)).status === 403);
  });
});

describe('what an RBAC exemption costs', () => {
  test('the median of 100 creations, allowed, exempt by a cached answer, and exempt by a new one', async () => {
    const [kind] = [slices];
    const role = `${release().fullname}:restricted`;
    const exempt = await freshTenant(namespace);
    await mustKubectl([
      'create',
      'rolebinding',
      freshName('bound'),
      '--namespace',
      namespace,
      `--clusterrole=${role}`,
      '--user',
      exempt.user,
    ]);
    const post = (ip: string, name: string) =>
      api().post(`${kind.path(namespace)}?dryRun=All`, kind.object(name, ip), { as: exempt });
    await until('the RBAC exemption works', async () => (await post(guarded.victim.pod, 'warm')).status === 201);
    const of: Record<string, () => ReturnType<typeof post>> = {
      allowed: () => post('198.51.100.7', freshName('free')),
      'exempt, cached': () => post(guarded.victim.pod, 'warm'),
      'exempt, asked': () => post(guarded.victim.pod, freshName('asked')),
    };
    const times = new Map(Object.keys(of).map((what) => [what, [] as number[]]));
    for (let i = 0; i < 100; i++)
      for (const [what, create] of Object.entries(of)) {
        const began = performance.now();
        const { status, text } = await create();
        expect(status, text).toBe(201);
        times.get(what)?.push(performance.now() - began);
      }
    const median = (what: string) => (times.get(what) ?? []).toSorted((a, b) => a - b)[50] ?? 0;
    const told = Object.keys(of).map((what) => `${what} ${median(what).toFixed(1)} ms`);
    note('targets', `- A creation through the API server, median of 100, taken in turns: ${told.join('; ')}.`);
    expect(median('exempt, asked')).toBeLessThan(3 * median('allowed') + 20);
  });
});
