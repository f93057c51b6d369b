import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { freshName, path } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { goodEndpoints } from '../support/objects.ts';
import { type Outcome, run } from '../support/program.ts';
import { note } from '../support/report.ts';
import { pause, until } from '../support/until.ts';

// Needs no webhook: it looks at what is there. The auditor has the rights of the chart's ClusterRole and no others.

const folder = mkdtempSync(join(tmpdir(), 'e2e-audit-'));
const policy = join(folder, 'policy.yaml');
const kubeconfig = join(folder, 'kubeconfig');
const role = freshName('e2e-audit');
let namespace: string;

interface Violation {
  readonly name: string;
  readonly kind: string;
  readonly rule: string;
  readonly service: string;
}

beforeAll(async () => {
  namespace = await freshNamespace('audit');
  await mustKubectl(['create', 'serviceaccount', 'auditor', '--namespace', namespace]);
  const { chart } = readEnvironment();
  const flags = ['--set', 'auditRole.create=true', '--show-only', 'templates/audit-role.yaml'];
  const rendered = parse((await helm(['template', 'audit', chart, '--kube-version', '1.37', ...flags])).out);
  await mustKubectl(['create', '--filename', '-'], { input: { ...rendered, metadata: { name: role } } });
  await mustKubectl([
    'create',
    'clusterrolebinding',
    role,
    '--clusterrole',
    role,
    '--serviceaccount',
    `${namespace}:auditor`,
  ]);
  await asAuditor();
  writeFileSync(
    policy,
    stringify({
      ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
      rules: { 'forbidden-network': { networks: ['0.0.0.0/0'] } },
    }),
  );
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await mustKubectl(['delete', 'clusterrolebinding,clusterrole', role, '--ignore-not-found']);
});

/** A kubeconfig like ours, with the token of the auditor. */
async function asAuditor(): Promise<void> {
  const token = (await mustKubectl(['create', 'token', 'auditor', '--namespace', namespace])).trim();
  const config = JSON.parse(await mustKubectl(['config', 'view', '--raw', '--minify', '--output', 'json']));
  const [{ name }] = config.clusters;
  const context = { name: 'auditor', context: { cluster: name, user: 'auditor' } };
  const own = { users: [{ name: 'auditor', user: { token } }], contexts: [context], 'current-context': 'auditor' };
  writeFileSync(kubeconfig, JSON.stringify({ ...config, ...own }));
}

function audit(...flags: string[]): Promise<Outcome> {
  const given = ['audit', '--kubeconfig', kubeconfig, '--policy', policy, ...flags];
  return run(process.execPath, ['src/main.ts', ...given]);
}

async function violations(...flags: string[]): Promise<readonly Violation[]> {
  const { out, err } = await audit('--output', 'json', '--namespace', namespace, ...flags);
  expect(JSON.parse(out).errors, err).toEqual([]);
  return JSON.parse(out).violations;
}

async function make(resource: string, body: object, group?: string): Promise<void> {
  const { status, text } = await api().post(path(namespace, resource, undefined, group), body);
  expect(status, text).toBe(201);
}

test('the chart’s ClusterRole is enough to audit the whole cluster', async () => {
  const { out, err, code, seconds } = await audit('--output', 'json');
  const report = JSON.parse(out);
  expect(report.errors, err).toEqual([]);
  expect([0, 1]).toContain(code);
  const found = report.violations.filter((one: { namespace: string; name: string }) => one.name === 'kubernetes');
  expect(found, 'the API server’s own addresses are none').toEqual([]);
  expect(report.suppressed.apiServer.objects).toBeGreaterThan(0);
  note('audit', `- With the rights of the chart's ClusterRole: ${report.objects} objects in ${seconds.toFixed(1)} s.`);
});

test('a pod’s address is suppressed while the pod lives, and is a stale address where nobody updates the object', async () => {
  const labels = { app: 'own' };
  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = {
    name: 'own',
    image: readEnvironment().image,
    imagePullPolicy: 'IfNotPresent',
    securityContext: { ...restricted, runAsNonRoot: true, runAsUser: 65532 },
  };
  await make('services', { metadata: { name: 'own' }, spec: { selector: labels, ports: [{ port: 80 }] } });
  await make('pods', {
    metadata: { name: 'own', labels },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  });
  const listed = async () => {
    const { body } = await api().get(path(namespace, 'endpoints', 'own'));
    return (body.subsets ?? []).some(({ addresses, notReadyAddresses }) => addresses ?? notReadyAddresses);
  };
  await until('the controller has listed the pod', listed);
  expect((await violations()).filter(({ name }) => name.startsWith('own'))).toEqual([]);
  await api().patch(path(namespace, 'services', 'own'), { spec: { selector: null } });
  await pause(3000); // a controller that still sees the selector would take the address away
  await api().delete(path(namespace, 'pods', 'own'));
  const rules = async () => {
    const found = (await violations()).filter(({ name }) => name.startsWith('own'));
    return new Set(found.map(({ kind, rule }) => `${kind} ${rule}`));
  };
  await until('the slice with the stale address is found', async () =>
    (await rules()).has('EndpointSlice stale-address'),
  );
  expect([...(await rules())]).toContain('EndpointSlice forbidden-network');
});

test('an object that no Service uses yet is found', async () => {
  const name = freshName('unused');
  await make('endpoints', goodEndpoints(name));
  expect((await violations()).filter((one) => one.name === name)).toMatchObject([
    { kind: 'Endpoints', rule: 'forbidden-network', service: 'none' },
  ]);
});

test('the tenant is among those who can write, by his binding', async () => {
  const { out } = await audit('--output', 'text', '--namespace', namespace);
  expect(out).toContain(
    `Role ${namespace}/tenant: endpoints: create, update, patch; endpointslices: create, update, patch\n`,
  );
  expect(out).toContain(`  Group tenants in ${namespace} by RoleBinding tenant\n`);
  expect(out).toMatch(
    / {2}ServiceAccount kube-system\/endpoint-controller in all namespaces by .*, part of the cluster\n/,
  );
});

test('the API server agrees on who holds restricted', async () => {
  const { out } = await audit('--output', 'json');
  const grants: readonly { name: string; restricted: readonly object[] }[] = JSON.parse(out).grants;
  expect(grants.filter(({ restricted }) => restricted.length > 0).map(({ name }) => name)).toContain('cluster-admin');
  const asked = await run('kubectl', [
    'auth',
    'can-i',
    'create',
    'endpoints',
    '--subresource',
    'restricted',
    '--namespace',
    namespace,
    '--as',
    'tenant',
    '--as-group',
    'tenants',
  ]);
  expect(asked.out.trim()).toBe('no');
});

test('nothing was written: the object is as it was', async () => {
  const name = freshName('still');
  await make('endpoints', goodEndpoints(name));
  const version = async () => (await api().get(path(namespace, 'endpoints', name))).body.metadata?.resourceVersion;
  const before = await version();
  for (const output of ['text', 'json', 'sarif', 'html']) await audit('--output', output, '--namespace', namespace);
  expect(await version()).toEqual(before);
});

test('who may read nothing is told so, with exit code 2', async () => {
  await mustKubectl(['delete', 'clusterrolebinding', role]);
  const refused = async () => (await audit('--output', 'text')).code === 2;
  await until('the rights are gone', refused);
  const { err } = await audit('--output', 'text');
  expect(err).toMatch(/could not read endpointslices in all namespaces: .*403/);
});
