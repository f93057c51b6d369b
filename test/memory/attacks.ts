import type { TcpNetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ipv4, reviewOf } from '../bench/bodies.ts';
import { type Process, startBundle } from '../support/bundle.ts';
import { eventually } from '../support/eventually.ts';

let webhook: Process;
let attacking = true;
const sockets = new Set<TLSSocket>();
beforeEach(async () => {
  attacking = true;
  webhook = await startBundle([]);
});
afterEach(async () => {
  attacking = false;
  for (const socket of sockets) socket.destroy();
  await webhook.stop();
});

const small = reviewOf([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]);

function head(path: string, length: number): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

function connect(localAddress: string): TLSSocket {
  const to: ConnectionOptions & Partial<TcpNetConnectOpts> = { host: '127.0.0.1', port: webhook.port, localAddress };
  const socket = tls.connect({ ...to, rejectUnauthorized: false });
  sockets.add(socket);
  socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  return socket;
}

const opened = (socket: TLSSocket) =>
  new Promise<void>((resolve) => socket.once('secureConnect', resolve).once('close', () => resolve()));

/** How many small reviews are allowed, of so many that are sent one after the other, each on a connection of its own. */
async function countAnswered(count: number, localAddress: string): Promise<number> {
  let answered = 0;
  for (let i = 0; i < count; i++) {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(localAddress);
      let read = '';
      socket
        .on('close', () => resolve(read))
        .on('data', (chunk) => {
          read += chunk;
          if (read.includes('"allowed":')) socket.destroy();
        });
      socket
        .setTimeout(8000, () => socket.destroy())
        .write(Buffer.concat([Buffer.from(head('/validate', small.length)), small]));
    });
    if (text.includes('"allowed":true')) answered++;
  }
  return answered;
}

/** Sends a body of 6 MiB at 5 MiB/s, again and again. */
async function sendSlowly(localAddress: string): Promise<void> {
  const [size, chunk] = [6 * 1024 * 1024, Buffer.alloc(256 * 1024, ' ')];
  while (attacking) {
    const socket = connect(localAddress).resume();
    await opened(socket);
    socket.write(head('/validate', size));
    for (let sent = 0; sent < size && attacking && !socket.destroyed; sent += chunk.length) {
      socket.write(chunk);
      await sleep(50);
    }
    socket.destroy();
    await sleep(1);
  }
}

/** Shakes hands, and leaves, again and again. */
async function shakeHands(localAddress: string): Promise<void> {
  while (attacking) {
    const socket = connect(localAddress);
    await opened(socket);
    socket.destroy();
  }
}

/** Opens connections that have shaken hands and say nothing, until there are so many. */
async function fillUp(count: number, from: (i: number) => string): Promise<void> {
  for (let i = 0; sockets.size < count; i += 20) {
    const length = Math.min(20, count - sockets.size);
    await Promise.all(Array.from({ length }, (_, j) => opened(connect(from(i + j)))));
  }
}

async function sendTiny(localAddress: string): Promise<void> {
  const requests = `${head('/validate', 2)}{}`.repeat(50);
  while (attacking) {
    const socket = connect(localAddress);
    await opened(socket);
    while (attacking && !socket.destroyed) {
      socket.write(requests);
      await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
    }
    await sleep(100);
  }
}

const denied = reviewOf([
  { addresses: Array.from({ length: 9000 }, (_, i) => ({ ip: ipv4(i), nodeName: '-' })), ports: [{ port: 0 }] },
]);

/** Asks for long answers, and reads none. */
async function readNothing(localAddress: string): Promise<void> {
  while (attacking) {
    const socket = connect(localAddress).pause();
    await opened(socket);
    for (let i = 0; i < 10; i++) socket.write(Buffer.concat([Buffer.from(head('/mutate', denied.length)), denied]));
    await new Promise((resolve) => socket.once('close', resolve));
    await sleep(2000);
  }
}

const one = () => '127.0.0.2';
const six = (i: number) => `127.0.0.${2 + (i % 6)}`;

/** Before shares and reserves 241 of 248 were refused beside the first; now none is, from an address of theirs or another. */
test.each([
  ['4 sockets that hold the budget at 5 MiB/s', sendSlowly, 4, one],
  ['the same from six addresses', sendSlowly, 12, six],
  ['a flood of TLS handshakes', shakeHands, 10, one],
  ['the same from six addresses', shakeHands, 24, six],
  ['many tiny requests', sendTiny, 20, one],
  ['clients that read no answers', readNothing, 30, one],
] as const)('%s keep out no small review', async (name, attack, count, from) => {
  const attacks = Array.from({ length: count }, (_, i) => attack(from(i)));
  await sleep(2000);
  const [beside, elsewhere] = [await countAnswered(124, '127.0.0.2'), await countAnswered(124, '127.0.0.9')];
  console.log(`${name}: answered ${beside} of 124 from an address of theirs, ${elsewhere} of 124 from another`);
  attacking = false;
  for (const socket of sockets) socket.destroy();
  await Promise.all(attacks);
  expect([beside, elsewhere]).toEqual([124, 124]);
});

/** Before they gave way 0 of 124 were answered. They come again before each review, so that all places are taken. */
test.each([
  ['one address, as many as it may have', one, 127],
  ['six addresses, as many as there may be', six, 510],
] as const)('idle TLS connections from %s, keep out no small review', async (_, from, count) => {
  for (const address of ['127.0.0.2', '127.0.0.9']) {
    let answered = 0;
    for (let i = 0; i < 124; i++) {
      await fillUp(count, from);
      answered += await countAnswered(1, address);
    }
    expect(answered, `from ${address}`).toBe(124);
  }
  expect(await dropped('gave-way')).toBeGreaterThanOrEqual(124);
});

test('while a request is in progress on every connection that there may be for 3 s, it is not ready; then it is again', async () => {
  await fillUp(webhook.limits.maxConnections, six);
  expect(await readiness()).toBe(200);
  for (const socket of sockets) socket.write(`${head('/validate', 1000)}{`);
  await eventually(async () => expect(await readiness()).toBe(503), { interval: 100 });
  for (const socket of sockets) socket.destroy();
  await eventually(async () => expect(await readiness()).toBe(200), { interval: 100 });
  expect(await countAnswered(1, '127.0.0.9')).toBe(1);
});

const operations = (path: string) => fetch(`http://127.0.0.1:${webhook.operationsPort}${path}`);

const readiness = async () => (await operations('/readyz')).status;

async function dropped(reason: string): Promise<number> {
  const text = await (await operations('/metrics')).text();
  return Number(new RegExp(`dropped_connections_total\\{reason="${reason}"\\} (.*)$`, 'm').exec(text)?.[1]);
}
