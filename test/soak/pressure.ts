import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { ipv4, reviewOf } from '../bench/bodies.ts';
import { call } from './calls.ts';
import { forbidden } from './honest.ts';
import { add, type Tally } from './tally.ts';

interface Ports {
  readonly port: number;
  readonly operationsPort: number;
}

/** Presses one limit until the time is over, and lets go. */
type Pressure = (ports: Ports, until: number, tally: Tally) => Promise<void>;

const oneAddress = forbidden.replace('.0/24', '.9');
const many = Array.from({ length: 30_000 }, (_, i) => ({ addresses: [{ ip: ipv4(i) }], ports: [{ port: i + 1 }] }));
const unread = reviewOf(many);

/** Each from a client address of its own, in turn. */
const pressures: Readonly<Record<string, Pressure>> = {
  /** Connections without a request. */
  connections: ({ port }, until) => hold(until, 600, () => connect(port, '127.0.0.11')),
  /** Large bodies that come slowly. */
  budget: ({ port }, until) =>
    hold(until, 8, () => {
      const socket = connect(port, '127.0.0.12');
      socket.write(head('/validate', 6_000_000));
      const timer = setInterval(() => socket.write(Buffer.alloc(262_144, ' ')), 50);
      return socket.once('close', () => clearInterval(timer));
    }),
  /** Bodies of which nothing comes but single bytes. */
  slow: ({ port }, until) =>
    hold(until, 60, () => {
      const socket = connect(port, '127.0.0.13');
      socket.write(head('/validate', 1000));
      const timer = setInterval(() => socket.write(' '), 100);
      return socket.once('close', () => clearInterval(timer));
    }),
  /** Answers that nobody reads. */
  answers: ({ port }, until) =>
    hold(until, 20, () => {
      const socket = connect(port, '127.0.0.14');
      socket.pause();
      socket.write(head('/mutate', unread.length));
      socket.write(unread);
      return socket;
    }),
  /** More questions than the authorizer is asked at once. */
  authorizer: async ({ port }, until, tally) => {
    const one = async (i: number) => {
      const user = { username: i % 2 === 0 ? 'eve' : `user-${i}`, groups: ['tenants'] };
      const subsets = [{ addresses: [{ ip: oneAddress }], ports: [{ port: 80 }] }];
      const body = reviewOf(subsets, { userInfo: user, name: `web-${i}` });
      while (performance.now() < until) {
        const client = { port, localAddress: '127.0.0.15' };
        const answer = await call(client, { path: '/validate?timeout=2s', body }).catch(() => undefined);
        if (answer && !answer.text.includes('"allowed":false'))
          add(tally.faults, 'authorizer: allowed what it forbids');
        await sleep(answer ? 50 : 500);
      }
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
  },
  /** Connections to the operations port. */
  operations: ({ operationsPort }, until) =>
    hold(until, 80, () => net.connect({ host: '127.0.0.1', port: operationsPort, localAddress: '127.0.0.16' })),
};

/** One after the other, so many seconds each, with all of them in every run. */
export async function press(ports: Ports, until: number, seconds: number, tally: Tally): Promise<void> {
  for (;;)
    for (const [name, pressure] of Object.entries(pressures)) {
      if (performance.now() >= until) return;
      add(tally.counts, `pressed: ${name}`);
      await pressure(ports, Math.min(until, performance.now() + seconds * 1000), tally);
    }
}

/** Keeps so many sockets, and opens another for each that is closed, at most 200 a second. */
async function hold(until: number, count: number, open: () => net.Socket): Promise<void> {
  const held = new Set<net.Socket>();
  while (performance.now() < until) {
    for (let i = 0; i < 20 && held.size < count; i++) {
      const socket = open();
      held.add(socket);
      socket.on('error', () => {}).once('close', () => held.delete(socket));
    }
    await sleep(100);
  }
  for (const socket of held) socket.destroy();
}

function connect(port: number, localAddress: string): tls.TLSSocket {
  const from = { localAddress }; // which the types of tls do not know, and net.connect gets
  return tls.connect({ ...from, host: '127.0.0.1', port, rejectUnauthorized: false });
}

function head(path: string, length: number): string {
  return `POST ${path}?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}
