import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { ServeOptions } from '../../src/serve/serve-options.ts';
import { eventually } from '../support/eventually.ts';
import { createReview, startWebhook } from '../support/webhook.ts';

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of started.splice(0)) await close();
});

async function start(overrides: Partial<ServeOptions>) {
  const webhook = await startWebhook(overrides);
  const sockets: net.Socket[] = [];
  started.push(() => {
    for (const socket of sockets) socket.destroy();
    return webhook.running.close();
  });
  return {
    ...webhook,
    sockets,
    /** Sends so much of a longer body. */
    async hold(size: number) {
      const socket = webhook.connect().on('error', () => {});
      sockets.push(socket);
      const head = `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${size + 1}\r\n\r\n`;
      socket.write(head + JSON.stringify(createReview()).padEnd(size));
      await once(socket, 'secureConnect');
    },
    ready: async () => {
      const { status, text } = await webhook.operations.get('/readyz?verbose');
      return [status, /^\[-\].*$/m.exec(text)?.[0]];
    },
    count: async (metric: string) =>
      Number(new RegExp(`^endpoints_webhook_${metric} (.*)$`, 'm').exec(await webhook.metrics())?.[1]),
  };
}

test.each([
  ['connection', { maxConnections: 3, maxSharePerClient: 1 }, 3, 1000, '[-]connections: no connection has been free'],
  [
    'memory',
    { maxRequestBytes: 1_000_000, maxInFlightBytes: 2_000_000, maxSharePerClient: 1 },
    8,
    245_000,
    '[-]memory: no memory for requests has been free',
  ],
])(
  'while no %s has been left for 3 s the process is not ready, and then it is again',
  async (_, limits, count, size, problem) => {
    const { hold, ready, sockets } = await start(limits);
    for (let i = 0; i < count; i++) await hold(size);
    expect(await ready()).toEqual([200, undefined]);
    await eventually(async () => expect(await ready()).toEqual([503, `${problem} for 3 s`]));
    sockets[0]?.destroy();
    await eventually(async () => expect(await ready()).toEqual([200, undefined]));
  },
);

test('connections that wait for a request do not make it unready: they give way', async () => {
  const { connect, ready, sockets } = await start({ maxConnections: 3, maxSharePerClient: 1 });
  for (let i = 0; i < 3; i++) {
    const socket = connect().on('error', () => {});
    sockets.push(socket);
    await once(socket, 'secureConnect');
  }
  await sleep(4000);
  expect(await ready()).toEqual([200, undefined]);
});

test('handshakes that fail are counted by reason', async () => {
  const { connect, count, running } = await start({});
  const failed = (reason: string) => count(`failed_handshakes_total\\{reason="${reason}"\\}`);
  const { port } = running;
  expect(await failed('aborted')).toBe(0);
  net.connect(port, '127.0.0.1', function (this: net.Socket) {
    this.destroy();
  });
  await eventually(async () => expect(await failed('aborted')).toBe(1));
  http.get({ host: '127.0.0.1', port }).on('error', () => {});
  await eventually(async () => expect(await failed('no-tls')).toBe(1));
  connect({ maxVersion: 'TLSv1.2' }).on('error', () => {});
  await eventually(async () => expect(await failed('protocol')).toBe(1));
  net
    .connect(port, '127.0.0.1')
    .on('error', () => {})
    .write('SSH-2.0-Go\r\n'.repeat(20));
  await eventually(async () => expect(await failed('no-tls')).toBe(2));
  expect(await failed('other')).toBe(0);
});

/** Node ends the connection without a word; OpenSSL, like Go, says why. */
test.skipIf(spawnSync('openssl', ['version']).error).each(['-tls1_3', '-tls1_2'])(
  'a client that refuses the certificate is counted, with %s',
  async (version) => {
    const { count, running } = await start({ tlsMinVersion: 'TLSv1.2' });
    const flags = ['s_client', '-connect', `127.0.0.1:${running.port}`, '-verify_return_error', version];
    const client = spawn('openssl', flags, { stdio: ['pipe', 'ignore', 'ignore'] });
    await eventually(async () =>
      expect(await count('failed_handshakes_total\\{reason="certificate-refused"\\}')).toBe(1),
    );
    client.kill();
  },
);
