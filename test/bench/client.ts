import { connect, type TLSSocket } from 'node:tls';

export interface Load {
  /** Open, and each for one request at a time. */
  readonly sockets: readonly TLSSocket[];
  readonly path: string;
  readonly body: Buffer;
  /** What the answer must hold. */
  readonly expected: string;
  readonly milliseconds: number;
}

/** Milliseconds that each answered request took. Rejects on an answer that is not the expected one. */
export async function load({ sockets, path, body, expected, milliseconds }: Load): Promise<readonly number[]> {
  const head = `POST ${path}?timeout=30s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head), body]);
  const end = performance.now() + milliseconds;
  return (await Promise.all(sockets.map((socket) => drive(socket, request, expected, end)))).flat();
}

/** So many connections, which are not part of what is measured: an API server keeps its own. */
export function openConnections(port: number, ca: string, count: number): Promise<readonly TLSSocket[]> {
  return Promise.all(Array.from({ length: count }, () => open(port, ca)));
}

function open(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, ca, host: '127.0.0.1', servername: 'localhost' }, () => resolve(socket));
    socket.once('error', reject);
    socket.setNoDelay(true);
  });
}

/** One request after the other, written as bytes: the client must cost less than the server. */
function drive(socket: TLSSocket, request: Buffer, expected: string, end: number): Promise<number[]> {
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    let began = performance.now();
    let text = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
    socket.setTimeout(30_000, () => reject(new Error('no answer within 30 s')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = /Content-Length: (\d+)\r\n/i.exec(text)?.[1];
      const body = text.indexOf('\r\n\r\n') + 4;
      if (length === undefined || body < 4 || text.length < body + Number(length)) return;
      if (!text.startsWith('HTTP/1.1 200') || !text.includes(expected)) return reject(new Error(text.slice(0, 300)));
      const now = performance.now();
      times.push(now - began);
      text = '';
      if (now > end) return resolve(times);
      began = now;
      socket.write(request);
    });
    socket.write(request);
  });
}
