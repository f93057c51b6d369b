import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { path, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { blockOf, type as enter, typed } from '../support/printed.ts';
import { guarding, settled, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

// What charts/endpoints-webhook/README.md, docs/install.md, docs/cve-2021-25740.md, docs/default-kubernetes.md and
// docs/platforms.md give to be typed, for our release and otherwise as it stands.

const chart = 'charts/endpoints-webhook/README.md';
const values = {
  shutdown: { drainSeconds: 1 },
  policy: { rules: { 'forbidden-network': { networks: ['198.51.100.0/24'] } } },
};

let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await createNamespace(release().namespace, 'restricted');
  namespace = await freshNamespace('looks');
});

afterAll(() => uninstall().catch(() => {}));

test("the install of the chart's README, and helm test", async () => {
  expect(await typed(blockOf(chart, /^helm install /, values))).toMatch(/Phase:\s+Succeeded/);
  await guarding(namespace);
});

test('the notes, and what must be refused', async () => {
  const { code, out, err } = await enter(blockOf('docs/install.md', /^helm get notes /));
  expect([code, out]).toEqual([1, expect.stringContaining('guards Endpoints, EndpointSlices and Services')]);
  expect(err).toContain('[endpoints-webhook: special-address]');
});

test.each([chart, 'docs/cve-2021-25740.md'])('%s: the policy that is in force', async (page) => {
  expect(await typed(blockOf(page, /get configmap --output/))).toContain('198.51.100.0/24');
});

test('docs/cve-2021-25740.md: whether the webhook is registered, and who may write', async () => {
  const block = blockOf('docs/cve-2021-25740.md', /auth can-i/);
  const { out } = await enter(block, { TENANT: namespace, USER: 'alice' });
  expect(out).toContain('successfully rolled out');
  expect(out).toMatch(/^endpointslices\.validate\.endpoints-webhook\.io Fail$/m);
  expect(out.trimEnd()).toMatch(/\nno$/);
  expect((await enter(block, { TENANT: namespace, USER: 'alice --as-group tenants' })).out.trimEnd()).toMatch(/\nyes$/);
});

test('docs/default-kubernetes.md: who keeps it here', async () => {
  const out = await typed(blockOf('docs/default-kubernetes.md', /managedFields/));
  expect(out).toMatch(/^Endpoints: \S/m);
  expect(out).toMatch(/^EndpointSlice: \S/m);
});

test('the role binding of a tenant who may have forbidden targets', async () => {
  const block = blockOf(chart, /create rolebinding/).replaceAll('databases', namespace);
  expect(await typed(block)).toContain('created');
});

test('of the policies those that no ReplicaSet mounts are removed', async () => {
  const { name, namespace: home } = release();
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/component': 'policy' };
  const made = await api().post(path(home, 'configmaps'), { metadata: { name: 'left-over', labels } });
  expect(made.status, made.text).toBe(201);
  expect(await typed(blockOf(chart, /^home=/))).toMatch(/^configmap "left-over" deleted/m);
  await typed(blockOf(chart, /get configmap --output/));
});

test('docs/platforms.md: the file of a platform beside own values', async () => {
  const block = blockOf('docs/platforms.md', /^helm upgrade --install/, values);
  await typed(block.replace('aks-values', 'istio-values')); // the nodes of AKS have a label that is not here
  await settled(2);
  const shown = await mustKubectl(['get', 'pods', '--show-labels', '--namespace', release().namespace]);
  expect(shown).toContain('sidecar.istio.io/inject=false');
});

test('docs/install.md: the uninstall leaves no pod and no policy', async () => {
  const out = await typed(blockOf('docs/install.md', /^helm uninstall /m));
  expect(out).toMatch(/ uninstalled$/m);
  expect(out).toMatch(/^configmap "\S+-policy-\w+" deleted/m);
  const pods = path(release().namespace, 'pods');
  await until('all pods are gone', async () => (await api().get(pods)).body.items?.length === 0);
  note(
    'commands',
    '- the commands of the pages on installing, the CVE, platforms and `default/kubernetes` were typed.',
  );
});
