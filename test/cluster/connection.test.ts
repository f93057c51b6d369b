import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster-error.ts';
import { connect } from '../../src/cluster/connection.ts';

const folder = mkdtempSync(join(tmpdir(), 'connection-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function kubeconfig(fields: object | string): string {
  const file = join(folder, `kubeconfig${files++}`);
  writeFileSync(
    file,
    typeof fields === 'string' ? fields : JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...fields }),
  );
  return file;
}

const clusters = [{ name: 'c', cluster: { server: 'https://192.0.2.1:6443' } }];
const users = [{ name: 'u', user: { token: 't' } }];
const contexts = [
  { name: 'x', context: { cluster: 'c', user: 'u' } },
  { name: 'nowhere', context: { cluster: 'gone', user: 'u' } },
];
const whole = { clusters, users, contexts, 'current-context': 'x' };

test('the host is what a person knows the cluster by, and nothing is sent yet', async () => {
  const { host, close } = connect(kubeconfig(whole));
  expect(host).toBe('192.0.2.1:6443');
  await close();
  const odd = { ...whole, clusters: [{ name: 'c', cluster: { server: 'no url' } }] };
  expect(() => connect(kubeconfig(odd))).toThrow(/the cluster c of .* has a server that is no http or https URL/);
});

test.each<[string, string | undefined, string | undefined, RegExp]>([
  [
    'no credentials at all',
    undefined,
    undefined,
    /not inside a pod \(there is no .*token\): name the cluster with --kubeconfig/,
  ],
  ['a file that is not there', join(folder, 'absent'), undefined, /cannot read the kubeconfig .*absent \(.*ENOENT/],
  ['a file that is no kubeconfig', kubeconfig('- ['), undefined, /cannot read the kubeconfig /],
  [
    'a context without a cluster',
    kubeconfig({ ...whole, 'current-context': 'nowhere' }),
    undefined,
    /names no cluster/,
  ],
  ['no context', kubeconfig({ clusters, users, contexts: [] }), undefined, /names no cluster for its current context/],
  ['another context that is not there', kubeconfig(whole), 'y', /there is no context y: one of x, nowhere/],
  ['a context where there are none', kubeconfig({ clusters, users, contexts: [] }), 'y', /no context y: one of none/],
])('%s', (_, file, context, message) => {
  expect(() => connect(file, context)).toThrow(ClusterError);
  expect(() => connect(file, context)).toThrow(message);
});

test('another context than the current one', () => {
  const other = [...clusters, { name: 'd', cluster: { server: 'https://192.0.2.2:6443' } }];
  const both = [...contexts, { name: 'z', context: { cluster: 'd', user: 'u' } }];
  expect(connect(kubeconfig({ ...whole, clusters: other, contexts: both }), 'z').host).toBe('192.0.2.2:6443');
});
