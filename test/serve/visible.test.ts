import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { expectHarmless, expectVisible, hostile, hostileText } from '../support/hostile.ts';
import { createFolder, kubeconfigOf } from '../support/kubeconfig.ts';
import { bad, clientOf, createReview, good, spawnServe, startWebhook } from '../support/webhook.ts';

// What serve answers, tells probes and logs, with hostile text in all that it is sent.

const { write, remove } = createFolder();
const apiServer = http.createServer((_, response) =>
  response.writeHead(500, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message: hostile })),
);
await new Promise<void>((resolve) => apiServer.listen(0, '127.0.0.1', resolve));
const server = `http://127.0.0.1:${(apiServer.address() as AddressInfo).port}`;
afterAll(() => {
  apiServer.close();
  remove();
});

const policy = write(
  'policy.yaml',
  JSON.stringify({
    ...{ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' },
    rules: {
      'special-address': { enforcement: 'none' },
      'forbidden-network': { networks: ['127.0.0.0/8'] },
      'hostname-label': { enforcement: 'warn' },
    },
  }),
);
const kubeconfig = (user: Readonly<Record<string, unknown>>) => write('kubeconfig', kubeconfigOf({ server }, user));

const everywhere = {
  name: hostile,
  namespace: hostile,
  userInfo: { username: hostile, uid: hostile, groups: [hostile], extra: { [hostile]: [hostile] } },
};
const address = { ip: hostile, hostname: hostile, nodeName: hostile, targetRef: { fieldPath: hostile } };
const odd = {
  ...good,
  metadata: { name: hostile, generateName: hostile, labels: { [hostile]: hostile } },
  subsets: [{ addresses: [address], ports: [{ name: hostile, port: hostile, protocol: hostile }], [hostile]: 1 }],
};

/** The text of an answer, which is the same JSON as ever. */
async function answerTo(path: string, body: unknown): Promise<string> {
  const webhook = await startWebhook({ policy, kubeconfig: kubeconfig({ token: 'x' }) });
  const text = await new Promise<string>((resolve, reject) => {
    const request = webhook.agent.post(path).set('Content-Type', 'application/json').buffer(true);
    request.parse((response, done) => {
      let read = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (read += chunk));
      response.on('end', () => done(null, read));
    });
    request.send(JSON.stringify(body)).then(({ body: read }) => resolve(read), reject);
  });
  await webhook.running.close();
  expectHarmless(text);
  return text;
}

test.each<[string, string, unknown, object]>([
  ['a denial', '/validate', odd, {}],
  [
    'a warning',
    '/validate',
    { ...good, subsets: [{ ...good.subsets[0], addresses: [{ ip: '10.1.2.3', hostname: hostile }] }] },
    {},
  ],
  ['an API server that fails', '/validate', bad, {}],
  ['a patch', '/mutate', odd, {}],
  ['another resource', '/validate', odd, { resource: { group: hostile, version: hostile, resource: hostile } }],
])('an answer: %s', async (_, path, object, request) => {
  const uid = hostile.slice(0, 256);
  const review = createReview(object, { ...everywhere, ...request, uid });
  expect(JSON.parse(await answerTo(path, review)).response.uid).toBe(uid);
});

test.each<[string, unknown]>([
  ['another kind', { kind: hostile }],
  ['another version', { ...createReview(), apiVersion: hostile }],
  ['another operation', createReview(good, { operation: hostile })],
  ['a uid that is too long', createReview(good, { uid: hostile })],
])('a call that cannot be judged: %s', async (_, body) => {
  expect(JSON.parse(await answerTo('/validate', body))).toMatchObject({ kind: 'Status', code: 400 });
});

test('probes and metrics', async () => {
  const webhook = await startWebhook({
    ...{ kubeconfig: kubeconfig({ token: 'x' }), selfManagedSecret: 'a/b', servingName: ['x'] },
    webhookConfiguration: ['validating/x'],
  });
  await expect.poll(async () => (await webhook.operations.get('/readyz')).text).toContain('Secret a/b: ');
  const { text } = await webhook.operations.get('/readyz?verbose');
  const metrics = await webhook.metrics();
  await webhook.running.close();
  expect(text).toContain('\\u001b[2J');
  expectHarmless(text);
  expectHarmless(metrics);
});

test('the log, and what a credential plugin says', async () => {
  write('says', hostileText);
  const command = write('plugin', `#!/bin/sh\ncat ${join(kubeconfig({}), '..', 'says')} >&2\nexit 3\n`, 0o755);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command };
  const pair = await issueSelfSigned(new Date());
  const tls = [
    '--tls-cert-file',
    write('tls.crt', pair.certificate),
    '--tls-private-key-file',
    write('tls.key', pair.privateKey),
  ];
  const free = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1', '--log-level', 'debug'];
  const flags = [...free, ...tls, '--policy', policy, '--kubeconfig', kubeconfig({ exec })];
  const { child, listening, ended } = spawnServe(flags);
  const client = clientOf({ ...(await listening), certificate: pair.certificate });
  for (const object of [bad, odd, good])
    await client.post('/validate', createReview(object, { ...everywhere, uid: hostile.slice(0, 256) }));
  await client.post('/validate', { kind: hostile });
  child.kill('SIGTERM');
  const { out, err } = await ended;
  expectHarmless(out);
  expect(err).toBe('');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const short = `${hostile.slice(0, 252)}…`;
  expect(lines).toContainEqual(expect.objectContaining({ user: short, namespace: short }));
  expect(lines.map(({ said = '' }) => said).join('\n')).toContain('::error::a');
  expectVisible(out);
});
