import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../support/command.ts';
import {
  base64,
  createFolder,
  kubeconfigOf,
  pems,
  startHttpProxy,
  startSocksProxy,
  startStub,
  whoAsks,
} from '../../support/kubeconfig.ts';
import { run } from '../support/program.ts';

// Needs no cluster: kubectl and audit are given one kubeconfig, whose API server keeps what arrives.

const { write, remove } = createFolder();
const stub = await startStub();
const proxies = [await startHttpProxy(stub.port), await startSocksProxy(stub.port)] as const;
const [http, socks] = proxies;
afterAll(async () => {
  for (const { close } of [stub, ...proxies]) await close();
  remove();
});

const cluster = { server: stub.url, 'certificate-authority-data': base64(pems.ca) };
const far = { ...cluster, server: 'https://api.example.com:6443' };
const token = { token: 'literal' };
const printed = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"printed"}}';
write('plugin', `#!/bin/sh\nprintf %s '${printed}'\n`, 0o755);
write('token', 'from-file\n');
write('cert.pem', pems.cert);
write('key.pem', pems.key);
const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: './plugin' };

test.each<[string, object, object]>([
  ['a token file and a token', cluster, { tokenFile: 'token', ...token }],
  ['a name and password', cluster, { username: 'ann', password: 'pa:ss' }],
  ['a client certificate', cluster, { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' }],
  ['a plugin', cluster, { exec }],
  [
    'another user',
    cluster,
    { ...token, as: 'jürgen', 'as-uid': '1', 'as-groups': ['a', 'b,c'], 'as-user-extra': { 'a/b%': ['x', 'y'] } },
  ],
  ['a path and a TLS server name', { ...cluster, server: `${stub.url}/c-x/`, 'tls-server-name': 'localhost' }, token],
  ['an http proxy', { ...far, 'proxy-url': `http://u:p%40@${http.host}` }, token],
  ['a SOCKS proxy', { ...far, 'proxy-url': `socks5://${socks.host}` }, token],
  ['a token and a name, which are refused', cluster, { ...token, username: 'ann' }],
  ['half of a certificate, which is refused', cluster, { 'client-certificate': 'cert.pem' }],
  ['groups without a user, which are refused', cluster, { ...token, 'as-groups': ['a'] }],
  ['no credentials, which are refused', cluster, {}],
])('audit sends what kubectl sends: %s', async (_, of, user) => {
  const kubeconfig = write('config', kubeconfigOf({ ...of }, { ...user }));
  const kubectl = await run('kubectl', ['--kubeconfig', kubeconfig, 'version', '--output', 'json']);
  const wanted = firstArrival();
  const audit = await runCommand(['audit', '--kubeconfig', kubeconfig]);
  expect(firstArrival(), audit.err).toEqual(wanted);
  expect(audit.code === 0, audit.err).toBe(kubectl.code === 0);
});

/** What the first call showed of who asks and of the way there. */
function firstArrival() {
  const asked = proxies.flatMap((proxy) => proxy.asked.splice(0)).slice(0, 1);
  const [first] = stub.arrivals.splice(0);
  if (!first) return undefined;
  const { path, serverName, client } = first;
  return { asked, path: path.split('?')[0], serverName, client, who: whoAsks(first) }; // kubectl adds a timeout
}
