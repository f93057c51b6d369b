import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../../src/cli/audit.ts';
import { endpoints, paths, type StandIn, service, slice, startCluster } from '../support/cluster.ts';

// What a person reads of a cluster that has something of everything.

const folder = mkdtempSync(join(tmpdir(), 'audit-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

let cluster: StandIn;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const policy = `apiVersion: endpoints-webhook.io/v1alpha1
kind: Policy
rules:
  forbidden-network: { networks: [10.0.0.0/8] }
  forbidden-port: { enforcement: warn, ports: [TCP/80] }
  node-name: { enforcement: audit }
`;

const put = (path: keyof typeof paths, ...items: object[]) =>
  cluster.lists.get(paths[path])?.push(...(items as never[]));

async function run(output: AuditOptions['output'], options: Partial<AuditOptions> = {}) {
  const seen = { out: '', err: '' };
  const io = {
    out: (text: string) => (seen.out += text),
    err: (text: string) => (seen.err += text),
    input: async () => '',
  };
  writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfig());
  writeFileSync(join(folder, 'policy.yaml'), policy);
  const given = { kubeconfig: join(folder, 'kubeconfig'), policy: join(folder, 'policy.yaml'), timeout: 2000 };
  const code = await audit({ ...given, output, ...options }, '1.2.3', io, new Date('2026-01-02T03:04:05Z'));
  return { ...seen, code };
}

const role = (name: string, rules: object[], more: object = {}) => ({ metadata: { name }, rules, ...more });
const writing = { apiGroups: [''], resources: ['endpoints'], verbs: ['update', 'patch'] };
const binding = (name: string, to: string, ...subjects: object[]) => ({
  metadata: { name },
  roleRef: { kind: 'ClusterRole', name: to },
  subjects,
});
const users = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ kind: 'User', name: `user-${String(i).padStart(3, '0')}` }));

/** Findings of each severity, in and out of the cluster's own namespaces; roles that are bound, aggregated, open to all, and idle. */
function fill(): void {
  const odd = endpoints('shop', 'odd', '10.1.1.1', '10.1.1.2', '10.1.1.3', '10.1.1.4', '10.1.1.5');
  const [subset] = odd.subsets;
  put('endpoints', odd, endpoints('kube-system', 'etcd', '10.0.0.9'), endpoints('shop', 'fine', '1.2.3.4'));
  put('endpoints', {
    metadata: { namespace: 'shop', name: 'named' },
    subsets: [{ ...subset, addresses: [{ ip: '1.2.3.4', nodeName: 'Node 1' }], ports: [{ port: 81 }] }],
  });
  put('services', service('shop', 'odd', { app: 'a' }), service('shop', 'fine'), service('shop', 'named'));
  put('slices', slice('alone', 'sleeping', 'nobody', '10.2.2.2'), { metadata: 5, addressType: 'IPv4' });
  put('clusterRoles', role('writer', [writing]), role('idle', [writing]));
  put('clusterRoles', role('both', [{ ...writing, resources: ['*'], apiGroups: ['*'], verbs: ['*'] }]));
  const selector = (label: string) => ({ clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] });
  put('clusterRoles', role('sum', [writing], { aggregationRule: selector('part') }));
  put('clusterRoles', role('empty-sum', [writing], { aggregationRule: selector('nothing') }));
  put('clusterRoles', { ...role('part', [writing]), metadata: { name: 'part', labels: { part: 'true' } } });
  put('roles', { metadata: { namespace: 'shop', name: 'local' }, rules: [{ ...writing, resourceNames: ['web'] }] });
  put('clusterRoleBindings', binding('many', 'writer', ...users(101)));
  put('clusterRoleBindings', binding('all', 'both', { kind: 'Group', name: 'system:authenticated' }));
  const controller = { kind: 'ServiceAccount', namespace: 'kube-system', name: 'endpoint-controller' };
  put('clusterRoleBindings', binding('control', 'sum', controller));
  put('roleBindings', {
    metadata: { namespace: 'shop', name: 'local' },
    roleRef: { kind: 'Role', name: 'local' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'builder' }],
  });
}

test('as text: findings, then who can write, then the sum', async () => {
  fill();
  const { code, out, err } = await run('text');
  expect(code).toBe(1);
  for (const line of [
    /^shop\/odd \(Endpoints\): subsets\[0\]\.addresses\[0\]\.ip: "10\.1\.1\.1" is inside the forbidden network 10\.0\.0\.0\/8.*\[forbidden-network\]$/m,
    /^shop\/odd \(Endpoints\): warning: .*80 is the forbidden port TCP\/80.*\[forbidden-port\]$/m,
    /^alone\/sleeping \(EndpointSlice\): .*no Service uses it yet \[forbidden-network\]$/m,
    /^In the namespaces of the cluster itself:\nkube-system\/etcd /m,
    /^ClusterRole writer: endpoints: update, patch\n {2}User user-000 in all namespaces by ClusterRoleBinding many\n/m,
    /^ {2}User user-019 .*\n {2}and 81 more$/m,
    /^ClusterRole idle: endpoints: update, patch\n {2}bound to nobody$/m,
    /^ {2}Group system:authenticated in all namespaces by ClusterRoleBinding all, EVERYBODY$/m,
    /^ {2}filled from roles labelled part=true: part\n {2}ServiceAccount kube-system\/endpoint-controller .*, part of the cluster$/m,
    /^ {2}filled from roles labelled nothing=true: none that grants$/m,
    /^Role shop\/local: .*web.*\n {2}ServiceAccount shop\/builder in shop by RoleBinding local$/m,
    /^Who is exempt, because they may create the restricted subresource:\nClusterRole both: /m,
  ])
    expect(out).toMatch(line);
  expect(err).toMatch(/^9 objects audited: \d+ denials, \d+ warnings?, 1 only audited by the policy$/m);
});

test('as text, where there is nothing to say', async () => {
  const { code, out, err } = await run('text');
  expect(code).toBe(0);
  expect(out).toMatch(/^Nothing that exists violates the policy\.$/m);
  expect(err).toMatch(/^0 objects audited: 0 denials, 0 warnings$/m);
  cluster.interfere = (path) => (path.endsWith('/roles') ? { status: 403, body: { message: 'no' } } : undefined);
  const partly = await run('text', { namespace: 'shop' });
  expect(partly.code).toBe(2);
  expect(partly.out).toMatch(/^Nothing that could be read violates the policy\.$/m);
});

test('as a page: the same', async () => {
  fill();
  const { out } = await run('html');
  for (const part of [
    '<h2 id="system">In the namespaces of the cluster itself</h2>',
    '<h3>Namespace <code>kube-system</code></h3>',
    '<li><code>subsets[0].addresses[0].ip</code>: &quot;10.1.1.1&quot; is inside',
    '<p>and 2 places more</p>',
    '<p>No Service uses it yet.</p>',
    '<span class="warning">warning</span>',
    '<p>Filled from roles labelled <code>nothing=true</code>: none that grants</p>',
    '<td>nobody</td>',
    '<p>and 1 more</p>',
    '<code>shop/builder</code>, in <code>shop</code>, by RoleBinding local',
    '(everybody)',
    '(part of the cluster)',
  ])
    expect(out).toContain(part);
});

test('as a page, where there is nothing to say', async () => {
  const { out } = await run('html', { namespace: 'shop' });
  for (const part of ['<p>None.</p>', '<p>No role that could be read grants it.</p>', 'shop'])
    expect(out).toContain(part);
});
