import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { audit as auditHere } from '../../src/cli/audit.ts';
import { ClusterError } from '../../src/cluster/cluster-error.ts';
import { runCommand } from '../support/command.ts';
import { base64, createFolder, kubeconfigOf, pems, startStub, whoAsks } from '../support/kubeconfig.ts';

type Json = Readonly<Record<string, unknown>>;

const { folder, write, remove } = createFolder();
const stub = await startStub();
const plain = await startStub({ tls: false });
afterAll(async () => {
  await Promise.all([stub.close(), plain.close()]);
  remove();
});
beforeEach(() => {
  stub.arrivals.length = 0;
  plain.arrivals.length = 0;
  stub.answer = () => undefined;
});

const cluster = { server: stub.url, 'certificate-authority-data': base64(pems.ca) };
let files = 0;
const file = (of: Json, user: Json, more: Json = {}) => write(`config${files++}`, kubeconfigOf(of, user, more));
const audit = (kubeconfig: string, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  runCommand(['audit', '--kubeconfig', kubeconfig, ...words], { env });

/** What the command says where it cannot ask, in this process: that is quicker. */
async function refusal(kubeconfig: string): Promise<string> {
  const io = { out() {}, err() {}, input: async () => '' };
  const asked = auditHere({ kubeconfig, output: 'json', timeout: 5000 }, '1.2.3', io);
  return asked.then(
    () => 'not refused',
    (error) => (error instanceof ClusterError ? error.message : `not a ClusterError: ${error}`),
  );
}

/** A credential plugin that writes down what it was given, and prints what `status` says. */
function plugin(name: string, status: string, more = ''): void {
  const credential = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}`;
  const log = join(folder, 'plugin.log');
  write(
    name,
    `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO $WHOM $*" >> ${log}\n${more}\nprintf %s '${credential}'\n`,
    0o755,
  );
  write('plugin.log', '');
}
const runs = () => readFileSync(join(folder, 'plugin.log'), 'utf8').split('\n').slice(0, -1);
const exec = (more: Json = {}) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: './plugin', ...more },
});

write('token', 'from-file\n');
write('empty', '\n');
write('ca.pem', pems.ca);
write('cert.pem', pems.cert);
write('key.pem', pems.key);
const token = { token: 'literal' };
const bearer = (text: string) => [['authorization', `Bearer ${text}`]];

// what arrives is what kubectl 1.37.2 sent to the same stub with the same file
test.each<[string, Json, readonly (readonly string[])[]]>([
  ['a token', token, bearer('literal')],
  ['a token file', { tokenFile: 'token' }, bearer('from-file')],
  ['a token file before a token', { tokenFile: 'token', ...token }, bearer('from-file')],
  ['a token, where the token file is not there', { tokenFile: 'absent', ...token }, bearer('literal')],
  ['a name and password', { username: 'ann', password: 'pa:ss' }, [['authorization', 'Basic YW5uOnBhOnNz']]],
  ['a token before a plugin', { ...token, ...exec({ command: 'absent' }) }, bearer('literal')],
  [
    'another user with uid, groups and extra',
    {
      ...{ ...token, as: 'jürgen', 'as-uid': 'u1', 'as-groups': ['a', 'b,c'] },
      'as-user-extra': { 'example.com/scopes%': ['x', 'y'], Big: ['z'] },
    },
    [
      ...bearer('literal'),
      ['impersonate-extra-big', 'z'],
      ['impersonate-extra-example.com%2fscopes%25', 'x'],
      ['impersonate-extra-example.com%2fscopes%25', 'y'],
      ['impersonate-group', 'a'],
      ['impersonate-group', 'b,c'],
      ['impersonate-uid', 'u1'],
      ['impersonate-user', 'jürgen'],
    ],
  ],
])('%s arrives with every call', async (_, user, headers) => {
  const { code, err } = await audit(file(cluster, user));
  expect({ code, who: stub.arrivals.map(whoAsks) }, err).toEqual({ code: 0, who: stub.arrivals.map(() => headers) });
  expect(stub.arrivals.length).toBeGreaterThan(5);
});

test.each<[string, Json, Json]>([
  [
    'files beside the kubeconfig',
    { 'certificate-authority': 'ca.pem' },
    { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' },
  ],
  [
    'data',
    { 'certificate-authority-data': base64(pems.ca) },
    { 'client-certificate-data': base64(pems.cert), 'client-key-data': base64(pems.key) },
  ],
])('a client certificate from %s is presented', async (_, authority, user) => {
  const { code, err } = await audit(file({ server: stub.url, ...authority }, user));
  expect(code, err).toBe(0);
  expect(stub.arrivals.map((arrival) => [arrival.client, whoAsks(arrival)])).toEqual(
    stub.arrivals.map(() => ['endpoints-webhook', []]),
  );
});

test.each<[string, Json, Readonly<Record<string, string>>, string, string | false]>([
  [
    'a path in the server URL',
    { ...cluster, server: `${stub.url}/k8s/clusters/c-x/` },
    {},
    '/k8s/clusters/c-x/version',
    false,
  ],
  ['tls-server-name', { ...cluster, 'tls-server-name': 'api.example.com' }, {}, '/version', 'api.example.com'],
  ['insecure-skip-tls-verify', { server: stub.url, 'insecure-skip-tls-verify': true }, {}, '/version', false],
  ['what the machine trusts', { server: stub.url }, { SSL_CERT_FILE: join(folder, 'ca.pem') }, '/version', false],
])('%s is honoured', async (_, of, env, path, serverName) => {
  const { code, err } = await audit(file(of, token), [], env);
  expect(code, err).toBe(0);
  expect(stub.arrivals[0]).toMatchObject({ path, serverName });
});

test('a server that nothing vouches for gets nothing, also with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
  const { code, err } = await audit(file({ server: stub.url }, token), [], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  expect({ code, arrivals: stub.arrivals }).toEqual({ code: 2, arrivals: [] });
  expect(err).toMatch(/cannot reach the API server at 127\.0\.0\.1:\d+: self-signed certificate in certificate chain/);
});

test('disable-compression asks for answers as they are', async () => {
  await audit(file({ ...cluster, 'disable-compression': true }, token));
  expect(stub.arrivals.map(({ headers }) => new Map(headers).get('accept-encoding'))).toEqual(
    stub.arrivals.map(() => 'identity'),
  );
});

test('a token file is read for each call', async () => {
  write('changing', 'first');
  const kubeconfig = file(cluster, { tokenFile: 'changing' });
  stub.answer = (path) => {
    if (path === '/version') write('changing', 'second');
    return undefined;
  };
  await audit(kubeconfig);
  const [first, ...others] = stub.arrivals.map(whoAsks);
  expect(first).toEqual(bearer('first'));
  expect(others).toEqual(others.map(() => bearer('second')));
});

test('a plugin runs once, beside the kubeconfig, with its arguments, its variables and what kubectl tells it', async () => {
  plugin('plugin', '{"token":"printed"}');
  const extension = { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } };
  const of = { ...cluster, 'tls-server-name': 'localhost', extensions: [extension] };
  const user = exec({ args: ['one', 'two'], env: [{ name: 'WHOM', value: 'me' }], provideClusterInfo: true });
  const { code, err } = await audit(file(of, user));
  expect(code, err).toBe(0);
  expect(stub.arrivals.map(whoAsks)).toEqual(stub.arrivals.map(() => bearer('printed')));
  expect(runs()).toEqual([
    `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":"${stub.url}","tls-server-name":"localhost","certificate-authority-data":"${base64(pems.ca)}","config":{"audience":"x"}},"interactive":false}} me one two`,
  ]);
});

test('a plugin may print a client certificate, and a bare name is looked for in PATH', async () => {
  const pem = (text: string) => text.replaceAll('\n', '\\n');
  plugin('in-path', `{"clientCertificateData":"${pem(pems.cert)}","clientKeyData":"${pem(pems.key)}"}`);
  const { code, err } = await audit(file(cluster, exec({ command: 'in-path' })), [], {
    PATH: `${process.env.PATH}:${folder}`,
  });
  expect(code, err).toBe(0);
  expect(new Set(stub.arrivals.map(({ client }) => client))).toEqual(new Set(['endpoints-webhook']));
});

test('a plugin is asked again when its credentials have expired, and when they were not accepted', async () => {
  plugin('plugin', '{"token":"old","expirationTimestamp":"2020-01-01T00:00:00Z"}');
  await audit(file(cluster, exec()));
  expect(runs().length).toBe(stub.arrivals.length);
  plugin('plugin', '{"token":"refused"}');
  stub.answer = (path) => (path.startsWith('/api/v1/endpoints') ? 401 : undefined);
  const { code } = await audit(file(cluster, exec()));
  expect({ code, runs: runs().length }).toEqual({ code: 2, runs: 2 });
});

test('a plugin that does not end is ended, with what it has started', async () => {
  plugin('plugin', '{"token":"late"}', `sleep 600 & echo $! > ${join(folder, 'pid')}; wait`);
  const { code, err } = await audit(file(cluster, exec()), ['--timeout', '1s']);
  expect({ code, arrivals: stub.arrivals }).toEqual({ code: 2, arrivals: [] });
  expect(err).toMatch(
    /^endpoints-webhook: the credential plugin .*plugin of the user u of .*: exec did not end within 1000 ms\n$/,
  );
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.each<[string, string, Json, RegExp]>([
  [
    'fails',
    'echo "sign in first" >&2; exit 3',
    {},
    /^sign in first\nendpoints-webhook: the credential plugin .* failed with exit code 3\n$/,
  ],
  ['prints no credential', 'echo secret-text; exit 0', {}, /the credential plugin .* printed no ExecCredential\n$/],
  [
    'prints another version',
    '',
    { apiVersion: 'client.authentication.k8s.io/v1beta1' },
    /printed another apiVersion than client\.authentication\.k8s\.io\/v1beta1\n$/,
  ],
  ['prints without end', 'yes secret-text', {}, /printed more than 1048576 bytes\n$/],
  [
    'is not there',
    '',
    { command: './absent', installHint: 'brew install\nit' },
    /absent of .* is not there, or cannot be executed: brew install it\n$/,
  ],
  [
    'needs a terminal',
    '',
    { interactiveMode: 'Always' },
    /has the interactiveMode Always, and standard input is no terminal\n$/,
  ],
])('a plugin that %s ends the audit before anything is sent', async (_, script, more, message) => {
  plugin('plugin', '{"token":"printed"}', script);
  const { code, err } = await audit(file(cluster, exec(more)));
  expect({ code, arrivals: stub.arrivals }).toEqual({ code: 2, arrivals: [] });
  expect(err).toMatch(message);
  expect(err).not.toContain('secret');
});

test.each<[string, Json, Json, RegExp]>([
  [
    'an auth-provider',
    cluster,
    { ...token, 'auth-provider': { name: 'gcp' } },
    /the user u of .* has an auth-provider, which is not supported/,
  ],
  [
    'a field that is not known',
    cluster,
    { ...token, 'act-as': 'eve' },
    /has the field "act-as", which is not known: one of /,
  ],
  [
    'a field of a plugin that is not known',
    cluster,
    exec({ Args: [] }),
    /exec has the field "Args", which is not known/,
  ],
  [
    'a plugin of a version that is gone',
    cluster,
    exec({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }),
    /exec has the apiVersion client\.authentication\.k8s\.io\/v1alpha1: one of /,
  ],
  [
    'a plugin without interactiveMode',
    cluster,
    exec({ interactiveMode: null }),
    /exec has the interactiveMode "": one of Never, /,
  ],
  ['a token and a name', cluster, { ...token, username: 'ann' }, /has both a token and a username/],
  ['a token file and a name', cluster, { tokenFile: 'token', username: 'ann' }, /has both a token and a username/],
  ['a password without a name', cluster, { password: 'secret' }, /has a password without a username/],
  [
    'groups without a user',
    cluster,
    { ...token, 'as-groups': ['a'] },
    /has as-uid, as-groups or as-user-extra without "as"/,
  ],
  [
    'a certificate without a key',
    cluster,
    { 'client-certificate': 'cert.pem' },
    /has a client-certificate without a client-key/,
  ],
  [
    'a key without a certificate',
    cluster,
    { 'client-key': 'key.pem' },
    /has a client-key without a client-certificate/,
  ],
  [
    'a certificate twice',
    cluster,
    { 'client-certificate': 'a', 'client-certificate-data': 'b' },
    /has both client-certificate and client-certificate-data/,
  ],
  ['no credentials', cluster, {}, /the user u of .* has no credentials/],
  ['a token that is no text', cluster, { token: 12_345 }, /has to give "token" as text/],
  ['a null character', cluster, exec({ args: ['secret\0'] }), /exec has to give "args" as a list of texts/],
  [
    'a token with a line break',
    cluster,
    { token: 'secret\nsecret' },
    /has a line break .* in what is sent as authorization/,
  ],
  [
    'a token file that is not there',
    cluster,
    { tokenFile: 'absent' },
    /cannot read the tokenFile of the user u of .*ENOENT.*absent/,
  ],
  ['an empty token file', cluster, { tokenFile: 'empty' }, /the tokenFile of .* is empty/],
  [
    'a certificate that is none',
    cluster,
    { 'client-certificate': 'token', 'client-key': 'key.pem' },
    /the client-certificate of the user u of .* is not PEM/,
  ],
  [
    'a certificate of another key',
    cluster,
    { 'client-certificate': 'ca.pem', 'client-key': 'key.pem' },
    /the certificates of the user u of .* cannot be used \(.*key values mismatch/,
  ],
  [
    'an authority that is none',
    { server: stub.url, 'certificate-authority': 'empty' },
    token,
    /the certificate-authority of the cluster c of .* is not PEM/,
  ],
  [
    'an authority that is not asked',
    { ...cluster, 'insecure-skip-tls-verify': true },
    token,
    /has both certificate-authority and insecure-skip-tls-verify/,
  ],
  [
    'a password in the server URL',
    { ...cluster, server: stub.url.replace('//', '//ann:secret@') },
    token,
    /has a name or password in its server URL/,
  ],
  [
    'credentials that would go out by http',
    { server: 'http://api.example.com' },
    token,
    /has credentials, which are not sent by http/,
  ],
  [
    'a certificate that would go out by http',
    { server: plain.url },
    { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' },
    /has a client-certificate, which cannot be sent by http/,
  ],
])('%s is refused before anything is sent', async (_, of, user, message) => {
  const text = await refusal(file(of, user));
  expect(text).toMatch(message);
  expect(text).not.toMatch(/secret|\n/);
  expect([...stub.arrivals, ...plain.arrivals]).toEqual([]);
});

test.each<[string, Json, RegExp]>([
  ['a user that is not there', { users: [] }, /the context test of .* names no user that is there: u, not one of none/],
  ['a cluster that is not there', { clusters: [] }, /names no cluster that is there: c, not one of none/],
  ['a current context that is not there', { 'current-context': 'gone' }, /there is no context gone: one of test in /],
  ['no user', { contexts: [{ name: 'test', context: { cluster: 'c' } }] }, /the context test of .* has no credentials/],
  [
    'two users of a name',
    {
      users: [
        { name: 'u', user: token },
        { name: 'u', user: {} },
      ],
    },
    /has two users of the name u/,
  ],
  ['another kind', { kind: 'Pod' }, /is not of kind Config and apiVersion v1/],
])('a kubeconfig with %s is refused', async (_, more, message) => {
  expect(await refusal(file(cluster, token, more))).toMatch(message);
  expect(stub.arrivals).toEqual([]);
});

test('an error of YAML is told by its place: the text may be a secret', async () => {
  const text = await refusal(write('broken', 'users:\n- user: {token: secret-one, {secret-two]\n'));
  expect(text).toMatch(/cannot read the kubeconfig .*broken \(not YAML in line 2\)/);
  expect(text).not.toContain('secret');
});

test('KUBECONFIG is a list that audit merges: the first file that has a name wins, paths begin at their file', async () => {
  const first = write(
    'first',
    kubeconfigOf(cluster, { tokenFile: 'token' }, { clusters: [], contexts: [], 'current-context': '' }),
  );
  const second = file(cluster, { token: 'loses' });
  const run = (list: readonly string[], words: readonly string[] = []) =>
    runCommand(['audit', ...words], { env: { KUBECONFIG: list.join(':') } });
  expect((await run([join(folder, 'absent'), '', first, second])).code).toBe(0);
  expect(stub.arrivals.map(whoAsks)).toEqual(stub.arrivals.map(() => bearer('from-file')));
  stub.arrivals.length = 0;
  expect((await run([first], ['--kubeconfig', second])).code, '--kubeconfig is one file, and goes before').toBe(0);
  expect(stub.arrivals.map(whoAsks)).toEqual(stub.arrivals.map(() => bearer('loses')));
  expect((await run([join(folder, 'absent')])).err).toMatch(/none of the files of KUBECONFIG is there: .*absent/);
  expect((await run([write('broken', '- ['), second])).err).toMatch(/cannot read the kubeconfig .*broken/);
});

test('without --kubeconfig and KUBECONFIG nothing is read', async () => {
  const { code, err } = await runCommand(['audit'], { env: { HOME: folder } });
  expect(code).toBe(2);
  expect(err).toMatch(/not inside a pod .*: name the cluster with --kubeconfig, no default file is read/);
});
