import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshAccount } from '../support/account.ts';
import { type As, api } from '../support/api.ts';
import { wellKnownCharts, writeChart } from '../support/charts.ts';
import { golden } from '../support/golden.ts';
import { type Guarded, guard, tenantNamespace } from '../support/guard.ts';
import { helm } from '../support/helm.ts';
import { endpoints, slices } from '../support/kinds.ts';
import { freshName, path } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { succeeded } from '../support/program.ts';
import { scale } from '../support/release.ts';
import { literally, note } from '../support/report.ts';
import { bind, grant, plainWrite, restricted } from '../support/rights.ts';
import { serviceHappens } from '../support/service-situation.ts';
import { serviceWrites } from '../support/service-writes.ts';
import { controller } from '../support/situation.ts';
import { timed, until } from '../support/until.ts';

// Which writes of Services are judged, and what happens to all others while nobody can judge: nothing.

let guarded: Guarded;
let namespace: string;
let tenant: As;
/** An exempt one. */
let free: string;

beforeAll(async () => {
  free = await freshNamespace('free');
  const webhooks = { extraExemptNamespaces: [free] };
  guarded = await guard({ rules: { 'forbidden-port': { presets: ['control-plane'] } } }, { webhooks });
  ({ namespace, tenant } = await tenantNamespace('services'));
  await until('an offending Service is refused by us', async () => (await send(inside)).status === 403);
});

const ports = [{ name: 'http', port: 8080 }];
const inside = { type: 'ExternalName', externalName: 'db.bank.svc.cluster.local' };

function send(spec: object, as: As = tenant, name = freshName('service'), query = '?dryRun=All') {
  return api().post(`${path(namespace, 'services')}${query}`, { metadata: { name }, spec }, { as });
}

const happens = (write: (typeof serviceWrites)[number]) => serviceHappens(write, namespace, tenant, guarded.victim.pod);

describe('with pods', () => {
  test.each(serviceWrites)('$title', async (write) => {
    const { calls = [], verdict } = write;
    expect(await happens(write)).toBe(calls.length > 0 && verdict !== 'allowed' ? 'refused by us' : 'taken');
  });

  test('a Service with a selector goes on where a controller manages the slices, and the one without does not', async () => {
    const name = freshName('managed');
    const slice = slices.object(name, guarded.victim.pod);
    const labels = {
      ...slice.metadata.labels,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    };
    const object = { ...slice, metadata: { ...slice.metadata, labels } };
    expect((await api().post(slices.path(namespace), object, { as: controller })).status).toBe(201);
    expect((await send({ ports, selector: { app: name } }, tenant, name)).status).toBe(201);
    expect((await send({ ports }, tenant, name)).status).toBe(403);
  });

  test('what a tenant may list himself, he may wake', async () => {
    const name = freshName('good');
    const made = await api().post(endpoints.path(namespace), endpoints.object(name, '198.51.100.7'), { as: tenant });
    expect(made.status, made.text).toBe(201);
    const { status, text } = await send({ ports }, tenant, name);
    expect(status, text).toBe(201);
  });

  test('whoever may create endpoints/restricted and endpointslices/restricted wakes what he may write', async () => {
    const as: As = { user: freshName('operator') };
    const write = [{ apiGroups: [''], resources: ['services'], verbs: ['create'] }];
    await grant(namespace, as, [...write, ...restricted('endpoints'), ...restricted('endpointslices')]);
    const name = freshName('exempt');
    const old = await api().post(endpoints.path(namespace), endpoints.object(name, guarded.victim.pod), {
      as: controller,
    });
    expect(old.status, old.text).toBe(201);
    await until('he is exempt', async () => (await send({ ports }, as, name)).status === 201);
    expect((await send({ ports }, tenant, name)).status).toBe(403);
  });
});

test('kubectl prints, of each way in which a Service is refused, what stands in the golden files', async ({ skip }) => {
  const texts = new Map<string, string>();
  const account = await freshAccount(namespace, 'shop');
  await bind(namespace, account.user, { kind: 'ClusterRole', name: 'edit' });
  const offending = (name: string) =>
    [endpoints, slices].map((kind) => [kind, kind.object(name, guarded.victim.pod)] as const);
  const specs: Readonly<Record<string, object>> = {
    asleep: { ports },
    adopting: { ports, selector: { app: 'web' } },
    inside,
    claiming: { ports, selector: { app: 'web' }, externalIPs: [guarded.node] },
    kubelet: { ports: [{ port: 443, targetPort: 10250 }] },
  };
  for (const name of ['asleep', 'adopting'])
    for (const [kind, object] of offending(name))
      expect((await api().post(kind.path(namespace), object, { as: controller })).status).toBe(201);
  for (const [name, spec] of Object.entries(specs)) {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
    const { code, err } = await account.kubectl(['create', '--namespace', namespace, '--filename', '-'], object);
    expect(code, err).toBe(1);
    const text = err
      .replaceAll(namespace, 'NAMESPACE')
      .replaceAll(guarded.victim.pod, 'POD')
      .replaceAll(guarded.node, 'NODE')
      .replace(/"adopting\.(?=services\..*service-external-ip\])/, '"') // both refuse these
      .replace(/(?:[0-9a-f]+[.:])+[0-9a-f.:]*\/[0-9]+/g, 'NETWORK');
    texts.set(`${name}.txt`, text);
    note('services', `${name}:\n${literally(text)}`);
  }
  const files = golden('services');
  for (const [name, text] of texts) files.expect(skip, name, text);
  files.expectNoOther(skip);
});

test('what it costs a write that it is judged', async () => {
  await grant(free, tenant, plainWrite);
  const milliseconds: { guarded: number[]; free: number[] } = { guarded: [], free: [] };
  for (let i = 0; i < 300; i++)
    for (const [where, found] of [
      [namespace, milliseconds.guarded],
      [free, milliseconds.free],
    ] as const) {
      const url = `${path(where, 'services')}?dryRun=All`;
      const { seconds, result } = await timed(() =>
        api().post(url, { metadata: { name: 'timed' }, spec: { ports } }, { as: tenant }),
      );
      expect(result.status, result.text).toBe(201);
      found.push(1000 * seconds);
    }
  const median = (found: readonly number[]) => [...found].sort((a, b) => a - b)[found.length >> 1]?.toFixed(1);
  const [judged, unjudged] = [median(milliseconds.guarded), median(milliseconds.free)];
  note(
    'services',
    `- 300 Services without a selector, created dry: median ${judged} ms judged, ${unjudged} ms in an exempt namespace.`,
  );
});

describe('with all pods gone', () => {
  beforeAll(() => scale(0));
  afterAll(() => scale(2));

  test.each(serviceWrites)('$title', async (write) => {
    expect(await happens(write)).toBe(write.calls?.includes('judged') ? 'failed calling us' : 'taken');
  });

  test.each(wellKnownCharts)('helm installs, upgrades and uninstalls the Services of %s', async (name) => {
    const chart = writeChart(name);
    const here = ['--namespace', namespace];
    for (const verb of [['install'], ['upgrade']])
      succeeded(await helm([...verb, name, chart, ...here]), `helm ${verb} ${name}`);
    succeeded(await helm(['uninstall', name, ...here]), `helm uninstall ${name}`);
    note(
      'services',
      `- With all pods of ours gone: \`helm install\`, \`upgrade\` and \`uninstall\` of the Services of ${name}.`,
    );
  });

  test('a write of the status goes on, and a cloud controller may write it', async () => {
    const name = freshName('balanced');
    const spec = { type: 'LoadBalancer', loadBalancerClass: 'example.com/none', ports, selector: { app: name } };
    expect((await send(spec, tenant, name, '')).status).toBe(201);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    const written = await api().patch(`${path(namespace, 'services', name)}/status`, { status });
    expect(written.status, written.text).toBe(200);
  });

  test.each(['kube-system', 'kube-node-lease'])('nobody is asked about Services in %s', async (exempt) => {
    const url = `${path(exempt, 'services')}?dryRun=All`;
    const made = await api().post(url, { metadata: { name: freshName('system') }, spec: { ports } });
    expect(made.status, made.text).toBe(201);
  });
});
