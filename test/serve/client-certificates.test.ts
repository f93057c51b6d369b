import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAuthority } from '../../src/certificates/issue.ts';
import type { KeyPair } from '../../src/certificates/key-pair.ts';
import { issueClient } from '../support/client-certificates.ts';
import { runCommand } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { createReview, startWebhook } from '../support/webhook.ts';

const validity = { now: new Date(), lifetime: 24 * 3_600_000 };
const [authority, other, next] = await Promise.all([
  issueAuthority('clients', validity),
  issueAuthority('others', validity),
  issueAuthority('clients of tomorrow', validity),
]);
const folder = mkdtempSync(join(tmpdir(), 'epw-clients-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

const names = ['kube-apiserver', 'api.example.com', '192.0.2.1', 'fd00::1'];
const clientCaFile = file('ca.crt', authority.certificate);

type Webhook = Awaited<ReturnType<typeof startWebhook>>;
type Client = KeyPair | undefined;

/** What a client gets that presents this: a verdict, or the end of the connection before it has read a byte. */
function call({ running }: Webhook, client: Client, agent: https.Agent | false = false): Promise<string> {
  const { port, certificate: ca } = running;
  const own = client && { cert: client.certificate, key: client.privateKey };
  return new Promise((resolve) => {
    const headers = { 'Content-Type': 'application/json' };
    const request = https.request(
      { host: '127.0.0.1', port, path: '/validate', method: 'POST', headers, ca, agent, ...own },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve(`${response.headers.connection}: ${response.statusCode} ${JSON.parse(text).response.allowed}`),
        );
      },
    );
    request.on('error', ({ code }: NodeJS.ErrnoException) => resolve(`ended: ${code}`));
    request.end(JSON.stringify(createReview()));
  });
}

const answered = /^(?:close|keep-alive): 200 true$/;
const ended = /^ended: /;
const client = (contents: Parameters<typeof issueClient>[1], signer = authority) => issueClient(signer, contents);
const middle = await client({ commonName: 'middle', usage: 'signing others' });
const past = await issueAuthority('past', { now: new Date(Date.now() - 7_200_000), lifetime: 3_600_000 });
const kubeApiserver = await client({ commonName: 'kube-apiserver' });

describe('with --client-ca-file and --client-name', () => {
  let webhook: Webhook;
  beforeAll(async () => {
    webhook = await startWebhook({ clientCaFile, clientName: names });
  });
  afterAll(() => webhook.running.close());
  const refused = async (reason: string) =>
    Number(new RegExp(`refused_clients_total\\{reason="${reason}"\\} (\\d+)`).exec(await webhook.metrics())?.[1]);

  test.each<[string, () => Promise<KeyPair>]>([
    ['its common name', async () => kubeApiserver],
    ['a DNS name', () => client({ commonName: 'x', names: [{ type: 'dns', value: 'api.example.com' }] })],
    ['an IPv4 address', () => client({ commonName: 'x', names: [{ type: 'ip', value: '192.0.2.1' }] })],
    ['an IPv6 address', () => client({ commonName: 'x', names: [{ type: 'ip', value: 'fd00::1' }] })],
  ])('a certificate that has %s is answered', async (_, issue) => {
    expect(await call(webhook, await issue())).toMatch(answered);
  });

  test.each<[string, string, () => Promise<Client>]>([
    ['missing', 'no certificate', async () => undefined],
    ['untrusted', 'another CA', () => client({ commonName: 'kube-apiserver' }, other)],
    ['untrusted', 'a server’s', () => client({ commonName: 'kube-apiserver', usage: 'serverAuth' })],
    ['expired', 'an end that is past', () => client({ commonName: 'kube-apiserver', end: -1000 })],
    ['name', 'another name', () => client({ commonName: 'system:node:worker' })],
    ['name', 'a name that contains the right one', () => client({ commonName: 'kube-apiserver.example.com' })],
    ['name', 'the right name in other letters', () => client({ commonName: 'Kube-apiserver' })],
    ['name', 'a wildcard', () => client({ commonName: 'x', names: [{ type: 'dns', value: '*.example.com' }] })],
    ['name', 'a DNS name as its common name alone, in capitals', () => client({ commonName: 'API.EXAMPLE.COM' })],
    [
      'name',
      'a URI that ends so',
      () => client({ commonName: 'x', names: [{ type: 'url', value: 'a:, DNS:kube-apiserver' }] }),
    ],
  ])('%s: a client with %s is not, and counted', async (reason, _, issue) => {
    const before = await refused(reason);
    expect(await call(webhook, await issue())).toMatch(ended);
    await eventually(async () => expect(await refused(reason)).toBe(before + 1));
    expect(await webhook.metrics()).toContain('admission_requests_total');
  });

  test('no session is resumed: it would outlive the certificate that began it', async () => {
    const own = { cert: kubeApiserver.certificate, key: kubeApiserver.privateKey };
    const first = webhook.connect(own);
    let session: Buffer | undefined;
    first.on('session', (ticket) => (session = ticket)).on('error', () => {});
    await sleep(300);
    first.destroy();
    const again = webhook.connect({ ...own, ...(session && { session }) });
    await new Promise((resolve) => again.once('secureConnect', resolve));
    expect(again.isSessionReused()).toBe(false);
    again.destroy();
  });

  test('whoever is refused is logged at most once in 10 s', async () => {
    for (let i = 0; i < 20; i++) await call(webhook, undefined);
    const lines = webhook.lines.filter(({ msg }) => /^refused a client without/.test(String(msg)));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(4);
    expect(lines[0]).toMatchObject({ level: 40, reason: expect.any(String), leftOut: 0 });
  });

  test('the operations port asks for nothing', async () => {
    expect((await webhook.operations.get('/readyz')).status).toBe(200);
  });
});

test('the file is read again: the new CA is trusted, the old one no longer, also not on connections it has opened', async () => {
  const rotated = file('rotated.crt', authority.certificate);
  const webhook = await startWebhook({ clientCaFile: rotated, clientName: names });
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const coming = await issueClient(next, { commonName: 'kube-apiserver' });
  expect(await call(webhook, kubeApiserver, agent)).toMatch(answered);
  expect(await call(webhook, coming)).toMatch(ended);
  file('rotated.crt', 'garbage');
  await eventually(
    async () => expect(await webhook.metrics()).toContain('certificate_reloads_total{result="error"} 1'),
    { interval: 200 },
  );
  expect(await call(webhook, kubeApiserver, agent)).toMatch(answered);
  file('rotated.crt', next.certificate);
  await eventually(async () => expect(await call(webhook, coming)).toMatch(answered), {
    interval: 200,
  });
  expect(await call(webhook, kubeApiserver)).toMatch(ended);
  expect(await call(webhook, kubeApiserver, agent)).toMatch(ended);
  agent.destroy();
  await webhook.running.close();
}, 40_000);

test('a connection ends with the certificate that opened it', async () => {
  const webhook = await startWebhook({ clientCaFile, clientName: names });
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const brief = await issueClient(authority, { commonName: 'kube-apiserver', end: 3000 });
  expect(await call(webhook, brief, agent)).toMatch(/^keep-alive: 200 true$/);
  await sleep(4000);
  expect(await call(webhook, brief, agent)).toMatch(/^close: 200 true$/);
  expect(await call(webhook, brief, agent)).toMatch(ended);
  agent.destroy();
  await webhook.running.close();
});

const serve = (...flags: string[]) =>
  runCommand(['serve', '--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1', ...flags]);

test.each<[string, string[], RegExp]>([
  ['a name alone', ['--client-name', 'a'], /--client-name needs --client-ca-file/],
  [
    'a CA alone',
    ['--client-ca-file', clientCaFile],
    /--client-ca-file needs --client-name: a CA signs for others, too/,
  ],
  ['no file', ['--client-ca-file', 'nowhere', '--client-name', 'a'], /cannot read the client CA file nowhere/],
  [
    'garbage',
    ['--client-ca-file', file('garbage', 'garbage'), '--client-name', 'a'],
    /garbage holds no PEM certificate of a client CA/,
  ],
  [
    'broken PEM',
    [
      '--client-ca-file',
      file('broken', `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
      '--client-name',
      'a',
    ],
    /broken holds no PEM certificate of a client CA/,
  ],
  [
    'a CA that is no root',
    ['--client-ca-file', file('middle.crt', middle.certificate), '--client-name', 'a'],
    /middle.crt holds no root: a chain of certificates has to end at one that is signed by itself/,
  ],
  [
    'a CA that has expired',
    ['--client-ca-file', file('past.crt', past.certificate), '--client-name', 'a'],
    /every root in .*past.crt has expired: give one that is valid/,
  ],
  ['an empty name', ['--client-ca-file', clientCaFile, '--client-name', ''], /--client-name.*not empty/],
])('%s ends serve with 2', async (_, flags, message) => {
  const { code, err } = await serve(...flags);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});
