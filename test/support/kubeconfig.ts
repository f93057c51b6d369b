import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { issueAuthority, issueLeaf } from '../../src/certificates/issue.ts';

type Json = Readonly<Record<string, unknown>>;

/** A call as it arrived at an API server: each header as often as it was sent, its name in lower case. */
export interface Arrival {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The name that was asked for in the TLS handshake; `false` without one. */
  readonly serverName: string | false | null;
  /** The common name of the client's certificate. */
  readonly client: string | undefined;
}

const validity = { now: new Date(), lifetime: 24 * 3_600_000 };
const authority = await issueAuthority('stub CA', validity);
const serving = await issueLeaf(
  authority,
  ['127.0.0.1', 'localhost', 'api.example.com', 'proxy.example.com'],
  validity,
);
const client = await issueLeaf(authority, ['client'], validity);
export const pems = { ca: authority.certificate, cert: client.certificate, key: client.privateKey };
export const base64 = (text: string) => Buffer.from(text).toString('base64');
const keyPair = { cert: serving.certificate, key: serving.privateKey };

/** An API server with an empty cluster, that keeps what arrives. `answer`: another status for a call. */
export async function startStub({ tls = true }: { readonly tls?: boolean } = {}) {
  const arrivals: Arrival[] = [];
  const stub: { answer: (path: string, calls: number) => number | undefined; redirect?: string } = {
    answer: () => undefined,
  };
  const listener: http.RequestListener = (request, response) => {
    const path = request.url ?? '';
    arrivals.push(arrivalOf(request));
    const code = stub.answer(path, arrivals.length) ?? 200;
    if (stub.redirect !== undefined) return void response.writeHead(307, { location: stub.redirect }).end();
    response.writeHead(code, { 'Content-Type': 'application/json' });
    const body = /\/version(?:\?|$)/.test(path) ? { gitVersion: 'v1.37.2' } : { kind: 'List', metadata: {}, items: [] };
    response.end(JSON.stringify(code === 200 ? body : { kind: 'Status', message: 'the test says no' }));
  };
  const options = { ...keyPair, ca: pems.ca, requestCert: true, rejectUnauthorized: false };
  const server = tls ? https.createServer(options, listener) : http.createServer(listener);
  const port = await listen(server);
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return Object.assign(stub, { arrivals, port, url, close: () => closeServer(server) });
}

function arrivalOf({ url = '', rawHeaders, socket }: http.IncomingMessage): Arrival {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0
      ? [[name.toLowerCase(), Buffer.from(rawHeaders[index + 1] ?? '', 'latin1').toString()] as const]
      : [],
  );
  const [serverName, peer]: [string | false | null, Partial<PeerCertificate>] =
    socket instanceof TLSSocket ? [socket.servername, socket.getPeerCertificate()] : [false, {}];
  return { path: url, headers, serverName, client: peer.subject?.CN as string | undefined };
}

/** The headers that say who asks. */
export function whoAsks({ headers }: Arrival) {
  return headers.filter(([name]) => name === 'authorization' || name.startsWith('impersonate-')).sort();
}

/** A proxy for CONNECT. All tunnels end at `port` of this machine, whatever was asked for. */
export async function startHttpProxy(port: number, { tls = false, answer = 200 as number | 'hang' } = {}) {
  const asked: string[] = [];
  const server = tls ? https.createServer(keyPair) : http.createServer();
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    asked.push([request.url, request.headers['proxy-authorization']].filter(Boolean).join(' '));
    if (answer === 'hang') return;
    socket.write(`HTTP/1.1 ${answer} x\r\n\r\n`);
    if (answer === 200) tie(socket, net.connect(port, '127.0.0.1'));
    else socket.end();
  });
  const own = await listen(server);
  return { asked, host: `127.0.0.1:${own}`, port: own, close: () => closeServer(server) };
}

/** A SOCKS5 proxy, which keeps the name, password and destination it was given. */
export async function startSocksProxy(port: number, password?: string) {
  const asked: string[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const connect = (request: Buffer) => {
        const [, , , type] = request;
        const length = type === 3 ? (request[4] ?? 0) : 4;
        const from = type === 3 ? 5 : 4;
        const host = request.subarray(from, from + length);
        const name = type === 3 ? host.toString() : [...host].join('.');
        asked.push(`${name}:${request.readUInt16BE(from + length)}`);
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        tie(socket, net.connect(port, '127.0.0.1'));
      };
      if (password === undefined) {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', connect);
        return;
      }
      socket.write(Buffer.from([5, 2]));
      socket.once('data', (login: Buffer) => {
        const userLength = login[1] ?? 0;
        asked.push(`${login.subarray(2, 2 + userLength)}:${login.subarray(3 + userLength)}`);
        socket.write(Buffer.from([1, 0]));
        socket.once('data', connect);
      });
    });
  });
  const own = await listen(server);
  return { asked, host: `127.0.0.1:${own}`, close: () => closeServer(server) };
}

function tie(one: Socket, other: Socket): void {
  for (const socket of [one, other]) socket.on('error', () => [one, other].map((end) => end.destroy()));
  one.pipe(other).pipe(one);
}

/** Closing a server leaves its tunnels open. */
const sockets = new WeakMap<net.Server, Set<Socket>>();

async function listen(server: net.Server): Promise<number> {
  const open = new Set<Socket>();
  sockets.set(server, open);
  server.on('connection', (socket: Socket) => open.add(socket.on('close', () => open.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function closeServer(server: net.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets.get(server) ?? []) socket.destroy();
  });
}

/** A folder for kubeconfigs and what they name. */
export function createFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  const write = (name: string, content: string, mode = 0o600) => {
    writeFileSync(join(folder, name), content, { mode });
    return join(folder, name);
  };
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}

/** A kubeconfig with one context, `test`. */
export function kubeconfigOf(cluster: Json, user: Json, more: Json = {}): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    ...more,
  });
}
