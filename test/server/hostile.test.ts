import https, { type Agent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { applied, bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask, metrics, open, pool, running } = webhook;

interface Sent {
  readonly code: number;
  readonly body: { readonly response?: Parameters<typeof applied>[1] } & Readonly<Record<string, unknown>>;
  /** The client's port, which tells sockets apart. */
  readonly from: number;
}

function send(agent: Agent, path: string, body: string, method = 'POST', type = 'application/json'): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
    const request = https.request(
      { agent, host: '127.0.0.1', port: running.port, path, method, headers },
      (response) => {
        const from = response.socket.localPort ?? 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, body: JSON.parse(String(Buffer.concat(chunks))), from }),
        );
      },
    );
    request.on('error', reject).end(body);
  });
}

const counter = async (name: string) =>
  Number(new RegExp(`^endpoints_webhook_${name} (.*)$`, 'm').exec(await metrics())?.[1] ?? 0);

describe('a body that does not come in time', () => {
  const body = JSON.stringify(createReview(good, { uid: 'slow' }));
  test.each([
    ['part of it', '/validate', body.slice(0, 300), 200, { allowed: false, status: { code: 504, reason: 'Timeout' } }],
    ['part of it', '/mutate', body.slice(0, 300), 200, { allowed: true }],
    ['a part without a uid', '/validate', body.slice(0, 20), 408, undefined],
    ['nothing', '/mutate', '', 408, undefined],
  ])(
    '%s sent to %s: an answer by 80 %% of the timeout, then the connection ends',
    async (_, path, sent, code, response) => {
      const { socket, closed } = open(`${path}?timeout=2s`, 18 * 1024 * 1024);
      const trickle = setInterval(() => socket.write(' '), 100);
      socket.write(sent);
      const { text, milliseconds } = await closed.finally(() => clearInterval(trickle));
      expect(milliseconds).toBeGreaterThan(1500);
      expect(milliseconds).toBeLessThan(2000);
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${code} [\\s\\S]*\r\nConnection: close\r\n`));
      expect(text).not.toMatch(/retry-after/i);
      const answer = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
      expect(answer).toMatchObject(
        response ? { response: { uid: 'slow', ...response } } : { kind: 'Status', code: 408, reason: 'Timeout' },
      );
    },
  );

  test('a body in pieces that comes in time is judged', async () => {
    const { socket, closed } = open('/validate?timeout=5s', Buffer.byteLength(body));
    socket.once('data', () => socket.end());
    for (let i = 0; i < body.length; i += 200) {
      socket.write(body.slice(i, i + 200));
      await wait(10);
    }
    expect((await closed).text).toContain('"allowed":true');
  });
});

test('bodies that are broken off are counted and harm nobody', async () => {
  const before = await counter('rejected_requests_total{reason="aborted"}');
  for (let i = 0; i < 20; i++) {
    const { socket } = open(i % 2 ? '/validate' : '/mutate', 1000);
    await new Promise((resolve) => socket.write('{"kind":', resolve));
    await wait(5);
    socket.destroy();
  }
  await eventually(async () => expect(await counter('rejected_requests_total{reason="aborted"}')).toBe(before + 20));
  expect(await counter('requests_in_flight')).toBe(0);
  expect((await ask('/validate', createReview())).allowed).toBe(true);
});

test.each([
  'GARBAGE\r\n\r\n',
  'POST /validate HTTP/1.1\r\nContent-Length: x\r\n\r\n',
  'POST /validate HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nHost: x\r\n\r\n0\r\n\r\n',
])('%j ends its connection only', async (bytes) => {
  const socket = webhook.connect();
  const closed = new Promise<void>((resolve) => socket.on('error', () => {}).on('close', () => resolve()));
  socket.resume().write(bytes);
  await closed;
  expect((await ask('/validate', createReview())).allowed).toBe(true);
});

test('200 reviews at once get their own answers', async () => {
  const agent = pool(25);
  const denied = (i: number) => i % 3 === 0;
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const object = { ...(denied(i) ? bad : good), metadata: { name: `web-${i}` } };
      const path = i % 5 === 0 ? '/mutate' : '/validate';
      const review =
        i % 2
          ? createReview(object, { uid: `u${i}`, name: '' })
          : updateReview(object, good, { uid: `u${i}`, name: '' });
      return send(agent, path, JSON.stringify(review));
    }),
  );
  agent.destroy();
  for (const [
    i,
    {
      code,
      body: { response },
    },
  ] of answers.entries()) {
    const allowed = i % 5 === 0 || !denied(i);
    expect([code, response?.uid, response?.allowed, response?.status?.details?.name]).toEqual([
      200,
      `u${i}`,
      allowed,
      allowed ? undefined : `web-${i}`,
    ]);
  }
});

test('a connection is kept for the next request, whatever the one before was', async () => {
  const agent = pool(1);
  const sent: Sent[] = [];
  for (const [path, body, method, type] of [
    ['/validate', JSON.stringify(createReview())],
    ['/validate', JSON.stringify(createReview(bad))],
    ['/mutate', 'not JSON'],
    ['/nowhere', 'x'.repeat(200_000)],
    ['/mutate', 'x'.repeat(200_000), 'PUT'],
    ['/mutate', 'x'.repeat(200_000), 'POST', 'text/plain'],
    ['/validate', JSON.stringify(createReview())],
  ] as const)
    sent.push(await send(agent, path, body, method, type));
  agent.destroy();
  expect(sent.map(({ code, body }) => body.response?.status?.code ?? code)).toEqual([
    200, 422, 400, 404, 405, 415, 200,
  ]);
  expect(new Set(sent.map(({ from }) => from)).size).toBe(1);
});

describe('TLS', () => {
  const handshake = (client: typeof webhook, options: object) =>
    new Promise<string | null>((resolve, reject) => {
      const socket = client.connect(options);
      socket.on('secureConnect', () => resolve(socket.end().getProtocol())).on('error', reject);
    });
  const old = { maxVersion: 'TLSv1.2' };

  test('is 1.3, and 1.2 only where that is asked for, with modern ciphers', async () => {
    const lenient = await startWebhook({ tlsMinVersion: 'TLSv1.2' });
    expect(await handshake(webhook, {})).toBe('TLSv1.3');
    await expect(handshake(webhook, old)).rejects.toThrow(/protocol version/);
    expect(await handshake(lenient, old)).toBe('TLSv1.2');
    await expect(handshake(lenient, { ...old, ciphers: 'ECDHE-ECDSA-AES128-SHA256' })).rejects.toThrow(
      /handshake failure/,
    );
    await lenient.running.close();
  });
});

describe('any JSON value', () => {
  const agent = pool(1);
  afterAll(() => agent.destroy());
  const any = fc.jsonValue({ maxDepth: 4 });
  const oneOf = (...values: unknown[]) =>
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: any });
  const list = (item: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 4 }) }, { weight: 1, arbitrary: any });
  const address = fc.oneof(
    any,
    fc.record(
      { ip: oneOf('10.0.0.1', '10.0.0.2', '::1'), hostname: any, nodeName: any, targetRef: any },
      { requiredKeys: ['ip'] },
    ),
  );
  const port = fc.oneof(
    any,
    fc.record(
      { port: oneOf(1, 80, 65536), name: oneOf('a', 'b', ''), protocol: oneOf('TCP', 'tcp', null) },
      { requiredKeys: [] },
    ),
  );
  const subset = fc.record(
    { addresses: list(address), notReadyAddresses: list(address), ports: list(port) },
    { requiredKeys: [] },
  );
  const endpoints = fc.record({
    kind: oneOf('Endpoints'),
    apiVersion: oneOf('v1'),
    metadata: oneOf({ name: 'web' }),
    subsets: list(subset),
  });
  const object = fc.oneof({ weight: 1, arbitrary: any }, { weight: 4, arbitrary: endpoints });

  test('as object gets a verdict, and a patch that applies', async () => {
    await fc.assert(
      fc.asyncProperty(object, object, fc.boolean(), async (value, previous, update) => {
        const review = JSON.stringify(update ? updateReview(value, previous) : createReview(value));
        const [validated, mutated] = await Promise.all([
          send(agent, '/validate', review),
          send(agent, '/mutate', review),
        ]);
        expect([validated.code, mutated.code]).toEqual([200, 200]);
        expect([undefined, 422]).toContain(validated.body.response?.status?.code);
        if (!mutated.body.response) throw new Error('no response');
        applied(value, mutated.body.response);
      }),
      { numRuns: 500 },
    );
  });

  test('as request, or as body, is answered without failing', async () => {
    const request = fc.dictionary(
      fc.constantFrom('uid', 'operation', 'resource', 'object', 'userInfo', 'name', '__proto__'),
      oneOf('u', 'CREATE', {}),
    );
    const review = fc.record({
      kind: oneOf('AdmissionReview'),
      apiVersion: oneOf('admission.k8s.io/v1'),
      request: fc.oneof(any, request),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(any, review), fc.constantFrom('/validate', '/mutate'), async (body, path) => {
        const { code, body: answer } = await send(agent, path, JSON.stringify(body));
        expect([200, 400]).toContain(code);
        expect(answer.response?.status?.code ?? 200).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
