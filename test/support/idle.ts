import type { TcpNetConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { reviewOf } from '../bench/bodies.ts';

const body = reviewOf([]);
const request = `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** How long a connection may be idle: half of the chart's keep-alive timeout. */
const idleMilliseconds = 60_000;

/** At a time: on a busy machine more would wait so long that the server closes them. */
const batch = 20;

/** Connections that send a request a minute. */
export interface Idle {
  /** How many of the attempted had their first request answered, and how many are open still. */
  answered(): number;
  open(): number;
  close(): void;
}

/** Attempts so many connections, from 20 addresses in turn: one may have a quarter of all. */
export async function openIdle(port: number, count: number): Promise<Idle> {
  const open = new Set<TLSSocket>();
  let answered = 0;
  for (let i = 0; i < count; i += batch)
    await Promise.all(
      Array.from({ length: Math.min(batch, count - i) }, async (_, j) => {
        const socket = connect(port, `127.0.1.${1 + j}`);
        open.add(socket.once('close', () => open.delete(socket)));
        if (await readAnswer(socket)) answered++;
        const timer = setInterval(() => socket.write(request), idleMilliseconds);
        socket.once('close', () => clearInterval(timer)).resume();
      }),
    );
  return {
    answered: () => answered,
    open: () => open.size,
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function connect(port: number, localAddress: string): TLSSocket {
  const to: ConnectionOptions & Partial<TcpNetConnectOpts> = { host: '127.0.0.1', port, localAddress };
  return connectTls({ ...to, rejectUnauthorized: false }).on('error', () => {});
}

/** Whether there was one. */
function readAnswer(socket: TLSSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('data', () => resolve(true)).once('close', () => resolve(false));
    socket.write(request);
  });
}
