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

/** Opened at a time: on a busy machine more would wait so long for their handshake or first request that servers close them. */
const batch = 16;

/** So many connections, each of which has been answered once. They are not part of what is measured: an API server keeps its own. */
export async function openConnections(
  { port, ca, count }: { readonly port: number; readonly ca: string; readonly count: number },
  first: Omit<Load, 'sockets' | 'milliseconds'>,
): Promise<readonly TLSSocket[]> {
  const sockets: TLSSocket[] = [];
  while (sockets.length < count) {
    const length = Math.min(batch, count - sockets.length);
    const opened = await Promise.all(Array.from({ length }, () => open(port, ca)));
    await load({ ...first, sockets: opened, milliseconds: 0 });
    sockets.push(...opened);
  }
  return sockets;
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
    const closed = () => reject(new Error('the server closed a connection'));
    socket.on('error', reject).on('close', closed);
    socket.setTimeout(30_000, () => reject(new Error('no answer within 30 s')));
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const length = /Content-Length: (\d+)\r\n/i.exec(text)?.[1];
      const body = text.indexOf('\r\n\r\n') + 4;
      if (length === undefined || body < 4 || text.length < body + Number(length)) return;
      if (!text.startsWith('HTTP/1.1 200') || !text.includes(expected)) return reject(new Error(text.slice(0, 300)));
      const now = performance.now();
      times.push(now - began);
      text = '';
      if (now > end) {
        socket.off('data', read).off('close', closed);
        return resolve(times);
      }
      began = now;
      socket.write(request);
    };
    socket.on('data', read);
    socket.write(request);
  });
}
