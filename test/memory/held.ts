import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ipv4, reviewOf } from '../bench/bodies.ts';
import { type Authorizer, hang, startAuthorizer } from '../support/authorizer.ts';
import { memoryLimit, type Process, post, startBundle } from '../support/bundle.ts';
import { eventually } from '../support/eventually.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
const [kubeconfig, policy] = [join(folder, 'kubeconfig'), join(folder, 'policy.yaml')];
writeFileSync(
  policy,
  'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\nrules: { forbidden-network: { networks: [10.0.0.0/8] } }\n',
);

let authorizer: Authorizer;
let webhook: Process;
const sockets: TLSSocket[] = [];
beforeAll(async () => {
  authorizer = await startAuthorizer();
  authorizer.answering = hang;
  writeFileSync(kubeconfig, authorizer.kubeconfig());
  webhook = await startBundle(['--max-share-per-client', '1', '--policy', policy, '--kubeconfig', kubeconfig]);
});
afterEach(async ({ task }) => {
  expect(webhook.lives()).toBe(true);
  console.log(`${task.name}: ${(webhook.peak() / 2 ** 20).toFixed(0)} MiB at most so far`);
  expect(webhook.peak()).toBeLessThan(memoryLimit);
  for (const socket of sockets.splice(0)) socket.destroy();
  const small = reviewOf([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]);
  await eventually(
    async () => {
      const { code, text } = await post(webhook.port, '/validate', small);
      expect([code, JSON.parse(text).response?.allowed]).toEqual([200, true]);
    },
    { timeout: 60_000, interval: 500 },
  );
});
afterAll(async () => {
  await webhook.stop();
  await authorizer.close();
  rmSync(folder, { recursive: true });
});

/** Opens a connection, sends a head and as much of a body as is given, and neither reads nor closes. Resolves once it is sent, or closed. */
function hold(path: string, length: number | 'chunked', body: Buffer, reads = false): Promise<void> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: webhook.port, rejectUnauthorized: false });
    sockets.push(socket);
    const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    socket.on('error', () => resolve()).on('close', () => resolve());
    if (reads) socket.resume();
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${size}\r\n\r\n`);
    socket.write(body, () => resolve());
  });
}

const times = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

const withUser = (userInfo: object, ips = ['10.1.2.3']) =>
  reviewOf([{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80 }] }], { userInfo });

test('1,900 connections with a body that is refused', async () => {
  const beginning = Buffer.alloc(131_072, reviewOf([]).subarray(0, 400));
  await times(1900, () => hold('/validate', 50_000_000, beginning));
  await sleep(3000);
});

test('500 connections with a body that is broken off before its end', async () => {
  await times(500, () => hold('/validate', 6_000_000, Buffer.alloc(60_000, ' ')));
});

test('bodies that come in single bytes', async () => {
  const bytes = Buffer.from('1\r\nx\r\n'.repeat(2_000_000));
  await times(6, () => hold('/validate', 'chunked', bytes));
});

test.each(['username', 'uid', 'groups', 'extra'])(
  'a %s of megabytes is refused before anybody is asked',
  async (key) => {
    const long = 'x'.repeat(5_900_000);
    const value = { username: long, uid: long, groups: [long], extra: { [long]: [] } }[key];
    const before = authorizer.asked.length;
    await expectTooLong(withUser({ username: 'alice', [key]: value }));
    expect(authorizer.asked.length).toBe(before);
  },
);

test.each(['name', 'namespace'])('so is a %s of megabytes', async (key) => {
  const body = reviewOf([{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }], { [key]: 'x'.repeat(5_900_000) });
  await expectTooLong(body);
});

/** One is always read; of four at once some are too many, unless the first are read before the last arrive. */
async function expectTooLong(body: Buffer): Promise<void> {
  for (const count of [1, 4]) {
    const answers = await times(count, () => post(webhook.port, '/validate', body));
    const codes = answers.map(({ text }) => JSON.parse(text).response.status.code);
    expect(codes).toContain(413);
    for (const code of codes) expect(count === 1 ? [413] : [413, 429]).toContain(code);
  }
}

test('as many as there may be wait for an authorizer that hangs, with the longest groups and the largest objects', async () => {
  const groups = Array.from({ length: 600 }, (_, i) => `${i}`.padEnd(100, 'x'));
  const bodies = [
    withUser({ username: 'alice', groups }),
    withUser(
      { username: 'alice', groups },
      Array.from({ length: 40_000 }, (_, i) => ipv4(i)),
    ),
  ];
  const codes = (
    await times(600, (i) =>
      post(webhook.port, '/validate', bodies[i % 60 === 0 ? 1 : 0] as Buffer).catch(() => undefined),
    )
  ).map((answer) => answer && JSON.parse(answer.text).response.status.code);
  console.log(
    Object.entries(Object.groupBy(codes, (code) => String(code)))
      .map(([code, all]) => `${code}: ${all?.length}`)
      .join(', '),
  );
  expect(codes).toContain(403);
});

test.each([
  [
    'many subsets',
    Array.from({ length: 30_000 }, (_, i) => ({ addresses: [{ ip: ipv4(i) }], ports: [{ port: i + 1 }] })),
  ],
  ['nothing but ports, which makes patches eight times as long', [{ ports: Array(249_000).fill({}) }]],
])('clients that do not read the answers that they asked for: %s', async (_, subsets) => {
  const body = reviewOf(subsets);
  await times(30, () => hold('/mutate', body.length, body));
  await sleep(5000);
});
