import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { afterAll, expect, type TestContext, test } from 'vitest';
import { issueAuthority } from '../../src/certificates/issue.ts';
import {
  type ApiServer,
  caBundle,
  install,
  mutatingPath,
  secretKey,
  secretPath,
  startApiServer,
  validatingPath,
} from '../support/api-server.ts';
import { eventually } from '../support/eventually.ts';
import { clientOf, spawnServe } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));
const name = 'webhook.webhook.svc';
let files = 0;

/** A replica as the chart runs it, with the shortest lifetimes there are. */
async function replica(api: ApiServer, { onTestFinished }: TestContext) {
  const kubeconfig = join(folder, `kubeconfig${files++}`);
  writeFileSync(kubeconfig, api.kubeconfig());
  const flags = `--port 0 --operations-port 0 --bind-address 127.0.0.1 --kubeconfig ${kubeconfig} --serving-name ${name}
    --self-managed-secret webhook/webhook-ca --webhook-configuration validating/webhook-endpoints
    --webhook-configuration mutating/webhook-endpoints --ca-lifetime 30s --serving-lifetime 6s --rotation-overlap 2s`;
  const { child, listening, ended } = spawnServe(flags.split(/\s+/));
  const ports = await listening;
  const { operations } = clientOf({ ...ports, certificate: '' });
  const stop = async () => {
    child.kill('SIGTERM');
    return (await ended).out;
  };
  onTestFinished(async () => void (await stop()));
  const readyz = async () => operations.get('/readyz?verbose');
  const ready = () => eventually(async () => expect((await readyz()).status).toBe(200), { interval: 50 });
  return { ...ports, operations, readyz, ready, stop };
}

async function cluster({ onTestFinished }: TestContext) {
  const api = await startApiServer();
  onTestFinished(() => api.close());
  install(api);
  return api;
}

/** What a client that trusts the bundle makes of a new connection: the issuer of the certificate; rejects if it does not trust it. */
function handshake(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: name }, () => {
      resolve(JSON.stringify(socket.getPeerCertificate().issuer));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test.concurrent('four replicas that start at once agree on one CA', async (context) => {
  const api = await cluster(context);
  const replicas = await Promise.all([
    replica(api, context),
    replica(api, context),
    replica(api, context),
    replica(api, context),
  ]);
  await Promise.all(replicas.map(({ ready }) => ready()));
  for (const path of [secretPath, validatingPath, mutatingPath])
    expect(api.writes.filter((write) => write.startsWith(path))).toHaveLength(2); // installed, and written by one of us
  expect(caBundle(api)).toBe(secretKey(api, 'tls.crt'));
  expect(caBundle(api, mutatingPath)).toBe(secretKey(api, 'tls.crt'));
  const issuers = await Promise.all(replicas.map(({ port }) => handshake(port, caBundle(api))));
  expect(new Set(issuers).size).toBe(1);
});

test.concurrent('CA and serving certificate are good for a clock that is an hour behind', async (context) => {
  const api = await cluster(context);
  const { port, ready } = await replica(api, context);
  await ready();
  const presented = new Promise<X509Certificate | undefined>((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca: caBundle(api), servername: name }, () => {
      resolve(socket.getPeerX509Certificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
  const hourAgo = Date.now() - 3_590_000;
  for (const certificate of [new X509Certificate(caBundle(api)), await presented])
    expect(certificate?.validFromDate.getTime()).toBeLessThan(hourAgo);
});

test.concurrent('a rotation that is asked for loses no connection', { timeout: 60_000 }, async (context) => {
  const api = await cluster(context);
  const replicas = [await replica(api, context), await replica(api, context)] as const;
  await Promise.all(replicas.map(({ ready }) => ready()));
  const first = caBundle(api);
  const secret = api.objects.get(secretPath) as { metadata: object };
  const annotations = { 'endpoints-webhook/rotate': 'now' };
  api.put(secretPath, { ...secret, metadata: { ...secret.metadata, annotations } });

  const issuers = new Set<string>();
  const bundles = new Set<string>();
  let handshakes = 0;
  while (caBundle(api) === first || caBundle(api).split('BEGIN').length !== 2) {
    for (const { port } of replicas) issuers.add(await handshake(port, caBundle(api)));
    bundles.add(caBundle(api));
    handshakes += 2;
    await sleep(5);
  }
  bundles.add(caBundle(api));
  await sleep(3000); // a replica that still presented the old CA would be found out now
  for (const { port } of replicas) issuers.add(await handshake(port, caBundle(api)));
  expect(handshakes).toBeGreaterThan(200);
  expect(issuers.size).toBe(2);
  expect([...bundles].map((bundle) => bundle.split('BEGIN').length - 1)).toEqual([1, 2, 2, 1]);
  expect(secretKey(api, 'previous.crt')).toBeUndefined();
  expect(api.objects.get(secretPath)?.metadata.annotations).not.toHaveProperty('endpoints-webhook/rotate');
});

test.concurrent('readiness waits for trust and says for what; later the API server may go', {
  timeout: 60_000,
}, async (context) => {
  const api = await startApiServer();
  context.onTestFinished(() => api.close());
  api.interfere = () => 503;
  const { readyz, ready, port } = await replica(api, context);
  const says = (text: RegExp) =>
    eventually(async () => {
      const { status, text: shown } = await readyz();
      expect({ status, shown }).toEqual({ status: 503, shown: expect.stringMatching(text) });
    });
  await says(/trust: .*Secret webhook\/webhook-ca: the API server answered 503: the test says no/);
  await expect(handshake(port, '')).rejects.toThrow();
  api.interfere = () => undefined;
  await says(/Secret webhook\/webhook-ca: does not exist: the chart creates it/);
  install(api);
  api.objects.delete(validatingPath);
  await says(/validating\/webhook-endpoints: does not exist, so nothing is sent to us/);
  install(api);
  await ready();
  api.interfere = () => 'hang';
  const before = caBundle(api);
  const until = Date.now() + 9000; // longer than a serving certificate lives
  while (Date.now() < until) {
    await handshake(port, before);
    expect((await readyz()).status).toBe(200);
    await sleep(200);
  }
});

test.concurrent('what somebody breaks is fixed, and said', { timeout: 60_000 }, async (context) => {
  const api = await cluster(context);
  const { ready, stop, port, operations } = await replica(api, context);
  await ready();
  const trusted = (ca: string) => caBundle(api) === ca && caBundle(api, mutatingPath) === ca;
  const ca = caBundle(api);
  install(api); // as `kubectl replace` of everything would: no CA, no bundle
  await eventually(() => expect(caBundle(api)).not.toBe(''));
  await eventually(() => expect(trusted(`${secretKey(api, 'tls.crt')}${secretKey(api, 'previous.crt')}`)).toBe(true));
  expect(secretKey(api, 'previous.crt')).toBe(ca); // whoever was signed by it goes on being trusted
  const validating = api.objects.get(validatingPath) as unknown as { webhooks: { clientConfig: object }[] };
  const foreign = await issueAuthority('foreign', { now: new Date(), lifetime: 60_000 });
  const caBundleOfOthers = Buffer.from(foreign.certificate).toString('base64');
  const clientConfig = { ...validating.webhooks[0]?.clientConfig, caBundle: caBundleOfOthers };
  const fixed = caBundle(api);
  api.put(validatingPath, { ...validating, webhooks: [{ ...validating.webhooks[0], clientConfig }] });
  await eventually(() => expect(trusted(fixed)).toBe(true));
  const counted = 'foreign_changes_total{configuration="validating/webhook-endpoints"} 1';
  await eventually(async () => expect((await operations.get('/metrics')).text).toContain(counted));
  await handshake(port, caBundle(api));
  const secret = api.objects.get(secretPath) as unknown as { data: object };
  const halved = Buffer.from(foreign.certificate.slice(0, 200)).toString('base64');
  api.put(secretPath, { ...secret, data: { ...secret.data, 'tls.crt': halved } });
  await eventually(() => expect(secretKey(api, 'tls.crt')).toContain('END CERTIFICATE'));
  await eventually(() => expect(caBundle(api)).toContain(secretKey(api, 'tls.crt')));
  await sleep(3000);
  await handshake(port, caBundle(api));
  await sleep(1100); // the log is flushed once a second
  const log = await stop();
  expect(log).toContain('restored a caBundle that somebody had changed');
  expect(log).toContain('tls.crt and tls.key: no readable certificate');
});

test.concurrent.each([
  ['--self-managed-secret', 'nonsense', /give namespace\/name/],
  ['--webhook-configuration', 'nonsense', /give validating\/NAME or mutating\/NAME/],
  ['--ca-lifetime', '30s', /at least three times/],
  ['--tls-cert-file', 'tls.crt', /exclude each other/],
  ['--kubeconfig', 'nowhere', /cannot read the kubeconfig nowhere/],
  ['--rotation-overlap', '1d', /Give a duration such as 90s or 1h30m, from 1s to 720h/],
])('%s %s is refused', async (flag, value, message) => {
  const flags = ['--port', '0', '--self-managed-secret', 'a/b', '--serving-name', 'x', flag, value];
  const { code, err } = await spawnServe(flags).ended;
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
});

test.concurrent('outside a pod nothing is assumed', async () => {
  const flags = ['--port', '0', '--self-managed-secret', 'a/b', '--serving-name', 'x'];
  const { code, err } = await spawnServe(flags, { KUBECONFIG: join(folder, 'kubeconfig0') }).ended;
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/not inside a pod .*--kubeconfig/) });
  const nameless = await spawnServe(['--port', '0', '--self-managed-secret', 'a/b']).ended;
  expect(nameless).toMatchObject({ code: 2, err: expect.stringMatching(/needs --serving-name/) });
});
