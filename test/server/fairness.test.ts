import { once } from 'node:events';
import type net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ServeOptions } from '../../src/serve/serve-options.ts';
import { eventually } from '../support/eventually.ts';
import { bad, createReview, startWebhook } from '../support/webhook.ts';

const mebibyte = 1024 * 1024;

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of started.splice(0)) await close();
});

async function start(overrides: Partial<ServeOptions> = {}) {
  const webhook = await startWebhook(overrides);
  const sockets: net.Socket[] = [];
  started.push(() => {
    for (const socket of sockets) socket.destroy();
    return webhook.running.close();
  });
  async function connect(localAddress = '127.0.0.1') {
    const socket = webhook.connect({ localAddress });
    sockets.push(socket.setNoDelay().on('error', () => {}));
    await once(socket, 'secureConnect');
    return socket;
  }
  const gauge = async (name: string) =>
    Number(new RegExp(`^endpoints_webhook_${name} (.*)$`, 'm').exec(await webhook.metrics())?.[1]);
  return {
    ...webhook,
    gauge,
    connect,
    rejected: async (reason: string) => gauge(`rejected_requests_total\\{reason="${reason}"\\}`),
    /** Sends all of a body but its last byte. Resolves to what sends the rest, once the server has read it or answered. */
    async hold(size: number, localAddress?: string) {
      const socket = await connect(localAddress);
      const body = JSON.stringify(createReview()).padEnd(size);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk));
      const before = await gauge('in_flight_bytes');
      socket.write(post('/validate', body).slice(0, -1));
      await eventually(
        async () => expect(answer !== '' || (await gauge('in_flight_bytes')) >= before + size - 1).toBe(true),
        { interval: 5 },
      );
      return { socket, answer: () => answer };
    },
    /** How many of so many small reviews from an address are allowed. */
    async honest(count: number, localAddress?: string) {
      let allowed = 0;
      for (let i = 0; i < count; i++)
        allowed += (await exchange(await connect(localAddress), createReview())).includes('"allowed":true') ? 1 : 0;
      return allowed;
    },
  };
}

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Sends a review, and reads until the answer is complete. */
function exchange(socket: net.Socket, review: unknown): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket
      .on('close', () => resolve(text))
      .on('data', (chunk) => {
        text += chunk;
        if (/\r\n\r\n\{.*\}$/s.test(text)) socket.destroy();
      });
    socket.write(post('/validate', JSON.stringify(review)));
  });
}

test('whoever holds the budget with bodies that never end keeps no small review out, from the same address or another', async () => {
  const webhook = await start();
  const held = [];
  for (let i = 0; i < 4; i++) held.push(await webhook.hold(6 * mebibyte, '127.0.0.2'));
  expect(await webhook.honest(124, '127.0.0.2')).toBe(124);
  expect(await webhook.honest(124, '127.0.0.3')).toBe(124);
  expect(held.map(({ answer }) => /"code":429/.test(answer()))).toEqual([false, true, true, true]);
  expect(await webhook.rejected('client-overloaded')).toBe(3);
  const other = await webhook.hold(6 * mebibyte, '127.0.0.3');
  expect(other.answer()).toBe('');
});

test('from four addresses they hold three quarters, and small reviews have the rest', async () => {
  const webhook = await start();
  const held = [];
  for (let i = 2; i <= 5; i++) held.push(await webhook.hold(6 * mebibyte, `127.0.0.${i}`));
  expect(held.map(({ answer }) => /"code":429/.test(answer()))).toEqual([false, false, false, true]);
  expect(await webhook.rejected('overloaded')).toBe(1);
  for (let i = 1; i <= 6; i++) expect(await webhook.honest(20, `127.0.0.${i}`)).toBe(20);
});

test('with a share of 1 one address has all but what is reserved for small reviews', async () => {
  const webhook = await start({ maxSharePerClient: 1 });
  const held = [];
  for (let i = 0; i < 4; i++) held.push(await webhook.hold(6 * mebibyte));
  expect(held.map(({ answer }) => /"code":429/.test(answer()))).toEqual([false, false, false, true]);
  expect(await webhook.honest(20)).toBe(20);
});

test.each([0.01, 0.1, 0.25, 1])(
  'with a share of %d one address has one review of the largest size, and one small beside it',
  async (maxSharePerClient) => {
    const webhook = await start({ maxSharePerClient, maxRequestBytes: 6 * mebibyte, maxInFlightBytes: 8 * mebibyte });
    const held = [await webhook.hold(6 * mebibyte), await webhook.hold(256 * 1024)];
    for (const { socket } of held) socket.write(' ');
    for (const { answer } of held) await eventually(() => expect(answer()).toContain('"allowed":true'));
  },
);

test('small reviews of one address have no more than its share either', async () => {
  const webhook = await start({ maxRequestBytes: mebibyte, maxInFlightBytes: 4 * mebibyte });
  const held = [];
  for (let i = 0; i < 6; i++) held.push(await webhook.hold(250_000, '127.0.0.2'));
  expect(held.filter(({ answer }) => /"code":429/.test(answer()))).toHaveLength(1);
  expect(await webhook.honest(5, '127.0.0.3')).toBe(5);
});

test('small reviews overtake large ones that have arrived before them', async () => {
  const webhook = await start({ maxSharePerClient: 1 });
  const large = [];
  for (let i = 0; i < 3; i++) large.push(await webhook.hold(mebibyte));
  const small = await webhook.hold(1000);
  const order: string[] = [];
  for (const { socket } of large) socket.once('data', () => order.push('large'));
  small.socket.once('data', () => order.push('small'));
  for (const { socket } of [...large, small]) socket.write(' ');
  await eventually(() => expect(order).toHaveLength(4));
  expect(order).toEqual(['small', 'large', 'large', 'large']);
});

test('large bodies whose clients are gone are not judged, and give back what they held', async () => {
  const webhook = await start({ maxSharePerClient: 1 });
  for (let i = 0; i < 10; i++) {
    const { socket } = await webhook.hold(3 * mebibyte);
    socket.write(' ', () => socket.destroy());
    await eventually(async () => expect(await webhook.gauge('in_flight_bytes')).toBe(0));
  }
  expect(await webhook.honest(10)).toBe(10);
});

test('clients that read no answers keep nobody out', async () => {
  const webhook = await start();
  const many = Array.from({ length: 9000 }, (_, i) => ({ ip: `127.0.${i >> 8}.${i & 255}` }));
  const review = JSON.stringify(createReview({ ...bad, subsets: [{ addresses: many, ports: [{ port: 80 }] }] }));
  for (let i = 0; i < 10; i++) {
    const socket = await webhook.connect('127.0.0.2');
    socket.pause();
    for (let j = 0; j < 5; j++) socket.write(post('/validate', review));
  }
  expect(await webhook.honest(50, '127.0.0.2')).toBe(50);
  expect(await webhook.honest(50, '127.0.0.3')).toBe(50);
});

test('thousands of tiny requests keep nobody out', async () => {
  const webhook = await start();
  const tiny = post('/validate', '{}').repeat(500);
  for (let i = 0; i < 20; i++) (await webhook.connect('127.0.0.2')).resume().write(tiny);
  expect(await webhook.honest(50, '127.0.0.2')).toBe(50);
  expect(await webhook.honest(50, '127.0.0.3')).toBe(50);
});
