import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { issueSelfSigned } from '../../src/certificates/issue.ts';
import { eventually } from '../support/eventually.ts';
import { bad, clientOf, createReview, spawnServe, startWebhook } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const pair = await issueSelfSigned(new Date());
const other = await issueSelfSigned(new Date());
const year = 365 * 24 * 3600 * 1000;
const certificate = write('tls.crt', pair.certificate);
const privateKey = write('tls.key', pair.privateKey);
const old = await issueSelfSigned(new Date(Date.now() - 2 * year));
const future = await issueSelfSigned(new Date(Date.now() + year));
const tlsFlags = (cert: string, key: string) => ['--tls-cert-file', cert, '--tls-private-key-file', key];

const free = ['--port', '0', '--operations-port', '0', '--bind-address', '127.0.0.1'];

/** A process that serves with a certificate known here. */
async function start(flags: readonly string[] = [], env = {}) {
  const { child, listening, ended } = spawnServe([...free, ...tlsFlags(certificate, privateKey), ...flags], env);
  const ports = await listening;
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { child, ended, stop, ...ports, ...clientOf({ ...ports, certificate: pair.certificate }) };
}

describe.concurrent('starting', () => {
  test('says where it listens at any log level, and nothing else at silent', async () => {
    const { port, operationsPort, ask, operations, stop } = await start(['--log-level', 'silent']);
    expect((await ask('/validate', createReview(bad))).allowed).toBe(false);
    expect((await operations.get('/readyz')).status).toBe(200);
    const { code, out, err } = await stop();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ msg: 'listening', port, operationsPort, version: manifest.version }]);
  });

  test('reads flags from the environment, of its own prefix only', async () => {
    const env = {
      EPW_LOG_LEVEL: 'debug',
      EPW_TLS_MIN_VERSION: 'TLSv1.2',
      ENDPOINTS_WEBHOOK_PORT: 'tcp://10.0.0.1:443',
    };
    const { ask, connect, stop } = await start([], env);
    const socket = connect({ maxVersion: 'TLSv1.2' });
    await new Promise((resolve, reject) => socket.on('secureConnect', resolve).on('error', reject));
    socket.end();
    await ask('/validate', createReview(undefined, { uid: 'fine' }));
    expect((await stop()).out).toMatch(/"uid":"fine".*"decision":"allowed"/);
  });

  const misspelt = write(
    'policy.yaml',
    'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\nrules:\n  port-rnage: { enforcement: none }\n',
  );
  const failures: readonly (readonly [string, readonly string[], RegExp, Readonly<Record<string, string>>?])[] = [
    ['an unknown flag', ['--prot', '1'], /unknown option '--prot'[\s\S]*--port/],
    ['a bad port', ['--port', '65536'], /--port <number>.*65536.*whole number from 0 to 65535/],
    [
      'a bad port in the environment',
      [],
      /tcp:\/\/10\.0\.0\.1' from env 'EPW_PORT'.*whole number/,
      { EPW_PORT: 'tcp://10.0.0.1' },
    ],
    ['a bad log level', ['--log-level', 'loud'], /loud.*fatal, error, warn, info/],
    ['a bad address', ['--port', '0', '--bind-address', '192.0.2.1'], /cannot listen on 192\.0\.2\.1 port 0/],
    ['an old TLS version', ['--tls-min-version', 'TLSv1.1'], /TLSv1\.1.*TLSv1\.2, TLSv1\.3/],
    ['a certificate alone', ['--tls-cert-file', certificate], /belong together/],
    ['a key alone', ['--tls-private-key-file', privateKey], /belong together/],
    ['a missing certificate', tlsFlags(`${certificate}x`, privateKey), /cannot read the certificate file .*tls\.crtx/],
    ['a missing key', tlsFlags(certificate, folder), /cannot read the private key file/],
    ['a key as certificate', tlsFlags(privateKey, privateKey), /tls\.key holds no PEM certificate/],
    ['a certificate as key', tlsFlags(certificate, certificate), /tls\.crt holds no PEM private key/],
    [
      'another pair’s key',
      tlsFlags(certificate, write('other.key', other.privateKey)),
      /other\.key does not belong to .*tls\.crt/,
    ],
    [
      'an expired pair',
      tlsFlags(write('old.crt', old.certificate), write('old.key', old.privateKey)),
      /old\.crt expired on 20\d\d-.*: renew it/,
    ],
    [
      'one of next year',
      tlsFlags(write('new.crt', future.certificate), write('new.key', future.privateKey)),
      /new\.crt is valid only from/,
    ],
    ['a policy that is not there', ['--policy', join(folder, 'none.yaml')], /cannot read .*none\.yaml/],
    ['a misspelt rule', ['--policy', misspelt], /policy\.yaml:4:3: .*port-rnage.*port-range/],
  ];
  const failing = failures.map(([what, flags, message, env]) => ({ what, flags, message, env }));
  test.each(failing)('with $what ends with code 2 and says why', async ({ flags, message, env }) => {
    const { code, out, err } = await spawnServe([...flags], { EPW_PORT: '0', EPW_OPERATIONS_PORT: '0', ...env }).ended;
    expect(err).toMatch(message);
    expect(err, 'no stack trace').not.toMatch(/\n\s+at /);
    expect([code, out.includes('"listening"')]).toEqual([2, false]);
  });

  test.each(['--port', '--operations-port'])('with a taken %s ends with code 2 and says why', async (flag) => {
    const holder = http.createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const { code, err } = await spawnServe([...free, flag, String(port)]).ended;
    holder.close();
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(`cannot listen on 127.0.0.1 port ${port}: .*EADDRINUSE`),
    });
  });
});

test('the default address is reached by IPv4', async () => {
  const { running, ask, operations } = await startWebhook({ bindAddress: '::' });
  expect((await ask('/validate', createReview())).allowed).toBe(true);
  expect((await operations.get('/livez')).status).toBe(200);
  await running.close();
});

describe.concurrent('ending', () => {
  const body = JSON.stringify(createReview(bad, { uid: 'slow' }));
  const draining = ({ operations }: Awaited<ReturnType<typeof start>>) =>
    eventually(async () =>
      expect(await operations.get('/readyz')).toMatchObject({ status: 503, text: 'not ready: draining\n' }),
    );

  /** A process with a request whose body has half arrived. */
  async function startBusy() {
    const server = await start();
    const request = server.open('/validate', body.length);
    await new Promise((resolve) => request.socket.write(body.slice(0, 100), resolve));
    await eventually(async () => expect(await server.metrics()).toMatch(/requests_in_flight 1$/m));
    return { server, request };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s: what is in flight is answered', async (signal) => {
    const { server, request } = await startBusy();
    server.child.kill(signal);
    await draining(server);
    request.socket.write(body.slice(100));
    const { text } = await request.closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*"uid":"slow","allowed":false/);
    const { code, out, err } = await server.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`"signal":"${signal}"[^@]*"uid":"slow".*"decision":"denied"`));
  });

  test('a second signal ends at once', async () => {
    const { server, request } = await startBusy();
    server.child.kill('SIGTERM');
    await draining(server);
    const began = performance.now();
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(1);
    expect(performance.now() - began).toBeLessThan(1000);
    expect((await request.closed).text).toBe('');
  });

  test('denials are buffered, and written at the end', async () => {
    const server = await start();
    const uids = Array.from({ length: 50 }, (_, i) => `denied-${i}-`);
    for (const uid of uids) await server.ask('/validate', createReview(bad, { uid }));
    const { out } = await server.stop();
    expect(uids.filter((uid) => !out.includes(uid))).toEqual([]);
    for (const line of out.trim().split('\n')) expect(JSON.stringify(JSON.parse(line)), 'no key twice').toBe(line);
  });

  test('a denial is written within about a second', async () => {
    const server = await start();
    let out = '';
    server.child.stdout?.on('data', (chunk) => (out += chunk));
    await server.ask('/validate', createReview(bad, { uid: 'soon' }));
    await eventually(() => expect(out).toContain('"uid":"soon"'));
    await server.stop();
  });
});

describe.concurrent('certificate files', () => {
  test('are read again by content, and swapped only as a valid pair', { timeout: 60_000 }, async () => {
    const [cert, key] = [write('turn.crt', pair.certificate), write('turn.key', pair.privateKey)];
    const { child, listening, ended } = spawnServe([...free, ...tlsFlags(cert, key)]);
    const ports = await listening;
    const client = clientOf({ ...ports, certificate: '' });
    const presented = () =>
      new Promise<string>((resolve, reject) => {
        const socket = client.connect({ rejectUnauthorized: false }).on('error', reject);
        socket.on('secureConnect', () => {
          resolve(`${socket.getPeerX509Certificate()}`);
          socket.destroy();
        });
      });
    expect(await presented()).toBe(`${new X509Certificate(pair.certificate)}`);
    write('turn.crt', other.certificate);
    await eventually(async () => expect(await client.metrics()).toContain('reloads_total{result="error"} 1'));
    expect(await presented()).toBe(`${new X509Certificate(pair.certificate)}`);
    write('turn.key', other.privateKey);
    await eventually(async () => expect(await client.metrics()).toContain('reloads_total{result="ok"} 1'));
    expect(await presented()).toBe(`${new X509Certificate(other.certificate)}`);
    await expect(
      new Promise((_, reject) => client.connect({ maxVersion: 'TLSv1.2' }).on('error', reject)),
    ).rejects.toThrow(/protocol version/);
    child.kill('SIGTERM');
    expect((await ended).out).toContain('going on with the old one');
  });
});

describe.concurrent('the drain', () => {
  test('is not ready, but serves, and asks every client to leave', async () => {
    const { child, ended, post, operations } = await start(['--shutdown-drain', '2s']);
    const keep = { Connection: 'keep-alive' };
    const before = await post('/validate', createReview(), keep);
    expect(before.headers.connection).not.toBe('close');
    const began = performance.now();
    child.kill('SIGTERM');
    await eventually(async () => expect((await operations.get('/readyz')).status).toBe(503));
    expect((await operations.get('/readyz?verbose')).text).toMatch(/^\[-\]shutdown: draining$/m);
    while (performance.now() - began < 1800) {
      const { status, headers } = await post('/validate', createReview(bad), keep);
      expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
    }
    expect((await ended).code).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(2000);
  });

  test('a second signal ends it at once', async () => {
    const { child, ended, operations } = await start(['--shutdown-drain', '1m']);
    child.kill('SIGTERM');
    await eventually(async () => expect((await operations.get('/readyz')).status).toBe(503));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(1);
  });
});
