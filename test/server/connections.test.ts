import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import type { ServeOptions } from '../../src/serve/serve-options.ts';
import { eventually } from '../support/eventually.ts';
import { createReview, startWebhook } from '../support/webhook.ts';

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of started.splice(0)) await close();
});

/** A webhook that ends with the test, and clients of it with addresses of their own. */
async function start(overrides: Partial<ServeOptions>) {
  const webhook = await startWebhook(overrides);
  const sockets: net.Socket[] = [];
  started.push(() => {
    for (const socket of sockets) socket.destroy();
    return webhook.running.close();
  });
  const keep = <S extends net.Socket>(socket: S) => {
    sockets.push(socket.on('error', () => {}));
    return socket;
  };
  const dropped = async (reason: string) =>
    new RegExp(`^endpoints_webhook_dropped_connections_total\\{reason="${reason}"\\} (.*)$`, 'm').exec(
      await webhook.metrics(),
    )?.[1];
  return {
    ...webhook,
    dropped,
    plain: (port = webhook.running.port) => keep(net.connect(port, '127.0.0.1')),
    /** Has shaken hands, and sent nothing. */
    async silent(localAddress = '127.0.0.1') {
      const socket = keep(webhook.connect({ localAddress }));
      await once(socket, 'secureConnect');
      return socket.resume();
    },
    /** Has had the answer to a request. */
    async idle(localAddress?: string) {
      const socket = await this.silent(localAddress);
      await answered(socket);
      return socket;
    },
    /** Has sent a part of a body. */
    async busy(localAddress?: string) {
      const inFlight = async () => Number(/requests_in_flight (\d+)/.exec(await webhook.metrics())?.[1]);
      const [socket, before] = [await this.silent(localAddress), await inFlight()];
      socket.write(`${head(1000)}{`);
      await eventually(async () => expect(await inFlight()).toBe(before + 1), { interval: 2 });
      return socket;
    },
  };
}

const head = (length: number) =>
  `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

/** Sends a review, and resolves once it is allowed; rejects where the connection ends instead. */
function answered(socket: TLSSocket): Promise<void> {
  const body = JSON.stringify(createReview());
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk;
      if (text.includes('"allowed":true')) socket.off('data', read) && resolve();
    };
    socket.on('data', read).once('close', () => reject(new Error(`closed after ${text}`)));
    socket.write(head(body.length) + body);
  });
}

const closing = (socket: net.Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** Whether a new client gets an answer. */
const isServed = async ({ silent }: Awaited<ReturnType<typeof start>>, localAddress?: string) => {
  const socket = await silent(localAddress).catch(() => undefined);
  if (!socket) return false;
  return answered(socket).then(
    () => true,
    () => false,
  );
};

test.each(['webhook', 'operations'])('the %s port takes so many connections, and closes those beyond', async (name) => {
  const webhook = await start({ maxConnections: 50, maxSharePerClient: 1 });
  const { port, operationsPort } = webhook.running;
  const sockets = Array.from({ length: 60 }, () => webhook.plain(name === 'webhook' ? port : operationsPort));
  let closed = 0;
  for (const socket of sockets) void closing(socket).then(() => closed++);
  await eventually(() => expect(closed).toBe(10));
  for (const socket of sockets) socket.destroy();
  await eventually(async () => {
    expect((await webhook.ask('/validate', createReview())).allowed).toBe(true);
    expect((await webhook.operations.get('/livez')).status).toBe(200);
  });
});

test.each([
  ['one address', () => '127.0.0.2'],
  ['as many addresses', (i: number) => `127.0.1.${i + 1}`],
])('60 connections to the operations port that do nothing, of %s, keep no probe out', async (_, addressOf) => {
  const webhook = await start({});
  const { operationsPort: port } = webhook.running;
  const sockets = Array.from({ length: 60 }, (_, i) =>
    net.connect({ port, host: '127.0.0.1', localAddress: addressOf(i) }).on('error', () => {}),
  );
  const opened = new Set<net.Socket>();
  for (const socket of sockets) socket.once('connect', () => opened.add(socket));
  await eventually(() => expect(opened.size).toBe(60));
  for (let probe = 0; probe < 3; probe++) expect((await webhook.operations.get('/livez')).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test('a connection to the operations port gets one answer, however many requests it sends at once', async () => {
  const webhook = await start({});
  const socket = webhook.plain(webhook.running.operationsPort);
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200));
  await eventually(() => expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(200));
  expect(text.match(/^HTTP\/1\.1 200 /gm)).toHaveLength(1);
});

test('connections that wait for a request give way to new ones: first those that had one, the oldest first', async () => {
  const webhook = await start({ maxConnections: 4, maxSharePerClient: 1 });
  const [busy, silent] = [await webhook.busy(), await webhook.silent()];
  const [first, second] = [await webhook.idle(), await webhook.idle()];
  const closed: string[] = [];
  for (const [name, socket] of Object.entries({ busy, silent, first, second }))
    void closing(socket).then(() => closed.push(name));
  for (const expected of [['first'], ['first', 'second'], ['first', 'second', 'silent']]) {
    await webhook.busy();
    await eventually(() => expect(closed).toEqual(expected));
  }
  expect(await webhook.dropped('gave-way')).toBe('3');
  expect(await isServed(webhook)).toBe(false);
  expect(await webhook.dropped('limit')).toBe('1');
  busy.destroy();
  await eventually(async () => expect(await isServed(webhook)).toBe(true));
});

test.each(['silent', 'idle'] as const)(
  '%s connections from five addresses, as many as there may be, keep no client out',
  async (kind) => {
    const webhook = await start({ maxConnections: 20 });
    for (let i = 0; i < 40; i++) await webhook[kind](`127.0.0.${2 + (i % 5)}`);
    const honest = [];
    for (let i = 0; i < 50; i++) honest.push(await isServed(webhook));
    expect(honest).toEqual(Array(50).fill(true));
  },
);

test('no address has more than its share of the connections, and those of others are not closed for it', async () => {
  const webhook = await start({ maxConnections: 20 });
  const others = [await webhook.idle('127.0.0.3'), await webhook.silent('127.0.0.4')];
  for (let i = 0; i < 5; i++) await webhook.busy('127.0.0.2');
  for (let i = 0; i < 10; i++) expect(await isServed(webhook, '127.0.0.2')).toBe(false);
  expect(await webhook.dropped('client-limit')).toBe('10');
  expect(await isServed(webhook)).toBe(true);
  expect(others.map(({ destroyed }) => destroyed)).toEqual([false, false]);
});

test('a share of 1 lets one address have them all', async () => {
  const webhook = await start({ maxConnections: 6, maxSharePerClient: 1 });
  for (let i = 0; i < 5; i++) await webhook.busy('127.0.0.2');
  expect(await isServed(webhook, '127.0.0.2')).toBe(true);
});

test('a handshake ends after 10 s, wherever it stopped; one that was completed is kept for a first request', async () => {
  const webhook = await start({});
  const [hello, late] = [webhook.plain(), webhook.plain()];
  hello.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])); // the first bytes of a ClientHello
  const kept = [await webhook.idle(), await webhook.silent()];
  const closed = [webhook.plain(), hello].map(closing);
  await sleep(8000);
  const secure = tls.connect({ socket: late, rejectUnauthorized: false }).on('error', () => {});
  await once(secure, 'secureConnect');
  await Promise.all(closed);
  await sleep(3000);
  for (const socket of [...kept, secure.resume()]) await answered(socket);
  expect(Number(await webhook.dropped('no-request'))).toBe(2);
});

test('a connection without a first request ends with the time for which connections are kept, wherever it stopped', async () => {
  const webhook = await start({ keepAliveTimeout: 3000 });
  const [silent, slow, halting] = [await webhook.silent(), await webhook.silent(), await webhook.silent()];
  halting.write(head(10).slice(0, 20));
  const letters = head(10)[Symbol.iterator]();
  const trickle = setInterval(() => slow.write(letters.next().value ?? ''), 100);
  await Promise.all([silent, slow, halting].map(closing));
  clearInterval(trickle);
  expect(await webhook.dropped('no-request')).toBe('3');
});

test('a connection with more than 10 requests in one piece is ended; 10 are answered', async () => {
  const webhook = await start({});
  const requests = (count: number) => `${head(2)}{}`.repeat(count);
  const [few, many] = [await webhook.silent(), await webhook.silent()];
  let answers = '';
  few.on('data', (chunk) => (answers += chunk)).write(requests(10));
  await eventually(() => expect(answers.match(/HTTP\/1.1 400/g)).toHaveLength(10));
  const ended = closing(many);
  many.write(requests(500));
  await ended;
  expect(await webhook.dropped('pipelined')).toBe('1');
  await eventually(async () => expect(await webhook.metrics()).toMatch(/requests_in_flight 0$/m));
  expect(few.destroyed).toBe(false);
});
