import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { helm } from '../support/helm.ts';
import { configurationName, configurations, kinds, path, release, resourceOf } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { run, succeeded } from '../support/program.ts';
import { guarding, install, printedCommand, refusals, uninstall } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { seenTraffic, traffic } from '../support/traffic.ts';
import { pause, until } from '../support/until.ts';

let namespace: string;
let before: ReadonlySet<string>;
const networks = ['192.0.2.0/24'];

beforeAll(async () => {
  await traffic();
  namespace = await freshNamespace('uninstall');
  await uninstall().catch(() => {}); // there may be none, when this file runs alone
  before = new Set(await ours());
  await install({ tenantAccess: { enabled: true }, policy: { rules: { 'forbidden-network': { networks } } } });
  await guarding(namespace);
});

test('there is something of ours, of a dozen kinds, while it is installed', async () => {
  const kinds = new Set((await ours()).filter((one) => !before.has(one)).map((one) => one.split(' ')[0]));
  expect(kinds.size).toBeGreaterThanOrEqual(12);
  for (const kind of ['secrets', 'deployments', 'clusterroles', 'validatingwebhookconfigurations'])
    expect(kinds).toContain(kind);
});

test('the names of the objects outside of namespaces are as expected', async () => {
  const { fullname } = release();
  const named = (await ours()).filter((one) => !before.has(one) && one.includes(' /'));
  const roles = ['-access-reviews', '-endpoints', '-services', ':restricted', ':tenant-access'];
  const bindings = ['-access-reviews', '-endpoints', '-services'];
  const policies = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
  expect(named).toEqual(
    [
      ...roles.map((end) => `clusterroles /${fullname}${end}`),
      ...bindings.map((end) => `clusterrolebindings /${fullname}${end}`),
      ...policies.map((kind) => `${kind} /${fullname}-own-account`),
      ...configurations.map((one) => configurationName(one).replace('/', 's /')),
    ].sort(),
  );
});

test('edit and admin may write both kinds, view neither', async () => {
  const both = kinds.map(resourceOf);
  await until('admin has it', async () => (await grantsOf('admin')).length === both.length);
  expect(await grantsOf('edit')).toEqual(both);
  expect(await grantsOf('admin')).toEqual(both);
  expect(await grantsOf('view')).toEqual([]);
});

test('helm uninstall and the command of the notes leave nothing of ours in the cluster, and everybody may write again', async () => {
  const removePolicies = await printedCommand(/^ *kubectl .* delete configmaps /);
  const { seconds } = await uninstall();
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  await until('admin has lost it', async () => (await grantsOf('admin')).length === 0);
  const left = async () => (await ours()).filter((one) => !before.has(one));
  const policies = (await left()).filter((one) => one.startsWith(`configmaps ${release().namespace}/`));
  expect(policies).toEqual([expect.stringMatching(/-policy-[0-9a-f]{10}$/)]);
  succeeded(await run('bash', ['-c', removePolicies]), removePolicies);
  await until('nothing of ours is left', async () => (await left()).length === 0, { every: 1000 }).catch(async () =>
    expect(await left()).toEqual([]),
  );
  const { namespace: home } = release();
  expect((await helm(['list', '--all', '--quiet', '--namespace', home])).out).toBe('');
  const secrets = (await api().get(path(home, 'secrets'))).body.items ?? [];
  expect(secrets.filter(({ metadata }) => metadata?.name !== 'e2e-serving')).toEqual([]);
  note(
    'uninstall',
    `- \`helm uninstall\` took ${inSeconds(seconds)}; once the policies are removed, too, as the notes say, nothing with our name or label is left, of any kind that the cluster lists.`,
  );
});

test.each(['selected', 'hand-written'])('%s: every request is answered afterwards', async (target) => {
  const began = Date.now();
  await pause(3000);
  const { ok, failed } = await seenTraffic(target, began, Date.now());
  expect(failed).toEqual([]);
  expect(ok).toBeGreaterThan(10);
  note('traffic', `- ${target}, after the uninstall: ${ok} requests answered, ${failed.length} not.`);
});

/** Which of Endpoints and EndpointSlices, or their subresources, a ClusterRole lets its holders create. */
async function grantsOf(role: string): Promise<readonly string[]> {
  const { body } = await api().get(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`);
  const creatable = (body.rules ?? []).flatMap(({ resources, verbs }) =>
    verbs.includes('create') ? (resources ?? []) : [],
  );
  return creatable.filter((resource) => resource.startsWith('endpoint')).sort();
}

/** `kind namespace/name` of every object of the cluster that carries our name or our label. Events tell, and stay for an hour. */
async function ours(): Promise<readonly string[]> {
  const { body } = await api().get('/apis');
  const versions = (body.groups ?? []).map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`);
  const found = await Promise.all(['/api/v1', ...versions].map(oursOf));
  return found.flat().sort();
}

async function oursOf(version: string): Promise<readonly string[]> {
  const { resources = [] } = (await api().get(version)).body;
  const kinds = resources.filter(({ name, verbs }) => verbs.includes('list') && name !== 'events');
  const found = await Promise.all(kinds.map(({ name }) => oursOfKind(version, name)));
  return found.flat();
}

async function oursOfKind(version: string, resource: string): Promise<readonly string[]> {
  const { fullname, name: instance } = release();
  const { items = [] } = (await api().get(`${version}/${resource}`)).body;
  const isOurs = ({ name = '', labels = {} }: { name?: string; labels?: Readonly<Record<string, string>> }) =>
    name.includes(fullname) || labels['app.kubernetes.io/instance'] === instance;
  return items.flatMap(({ metadata = {} }) =>
    isOurs(metadata) ? [`${resource} ${metadata.namespace ?? ''}/${metadata.name}`] : [],
  );
}
