import { type ChildProcess, spawn } from 'node:child_process';
import https from 'node:https';
import type { TcpNetConnectOpts } from 'node:net';
import tls from 'node:tls';
import supertest from 'supertest';
import { expect } from 'vitest';
import { type RunningWebhook, serve } from '../../src/serve/serve.ts';
import { type RunningLimits, type ServeOptions, serveDefaults } from '../../src/serve/serve-options.ts';

type Json = Readonly<Record<string, unknown>>;

/** AdmissionReview.response as a client reads it. */
export interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly details?: {
      readonly name: string;
      readonly kind: string;
      readonly group: string;
      readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
    };
  };
  readonly warnings?: readonly string[];
  readonly patchType?: string;
  readonly patch?: string;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export const good = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'shop' },
  subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }],
};

/** Denied by `special-address`. */
export const bad = { ...good, subsets: [{ ...good.subsets[0], addresses: [{ ip: '127.0.0.1' }] }] };

let reviews = 0;

/** A CREATE of Endpoints, as an API server asks about it; `request` replaces members of the request. */
export function createReview(object: unknown = good, request: Json = {}) {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `uid-${reviews++}`,
      kind: { group: '', version: 'v1', kind: 'Endpoints' },
      resource: { group: '', version: 'v1', resource: 'endpoints' },
      requestKind: { group: '', version: 'v1', kind: 'Endpoints' },
      name: 'web',
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: { username: 'alice', groups: ['system:authenticated'] },
      object,
      oldObject: null as unknown,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      ...request,
    },
  };
}

export function updateReview(object: unknown, oldObject: unknown, request: Json = {}) {
  return createReview(object, { operation: 'UPDATE', oldObject, ...request });
}

/** What the memory of the chart comes to. */
export const chartLimits: RunningLimits = {
  maxRequestBytes: 6 * 1024 * 1024,
  maxInFlightBytes: 24 * 1024 * 1024,
  maxConnections: 500,
  judgeHeapBytes: 111 * 1024 * 1024,
};

/** A webhook of this process on free ports, and a client that trusts its certificate. */
export async function startWebhook(overrides: Partial<ServeOptions & RunningLimits> = {}) {
  const lines: Json[] = [];
  const options = {
    ...serveDefaults,
    ...chartLimits,
    port: 0,
    operationsPort: 0,
    bindAddress: '127.0.0.1',
    ...overrides,
  };
  const running = await serve(options, '1.2.3', { write: (line) => lines.push(JSON.parse(line)) });
  return { running, lines, ...clientOf(running) };
}

export function clientOf({
  port,
  operationsPort,
  certificate,
}: Pick<RunningWebhook, 'port' | 'operationsPort' | 'certificate'>) {
  const agent = supertest.agent(`https://127.0.0.1:${port}`, { ca: certificate });
  const operations = supertest(`http://127.0.0.1:${operationsPort}`);

  /** Objects are sent as JSON; strings and bytes as they are. No answer may tell an API server to call again. */
  async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const request = agent.post(path).set('Content-Type', 'application/json').set(headers);
    const answer = await request.serialize((bytes) => bytes as string).send(raw);
    expect(answer.headers).not.toHaveProperty('retry-after');
    return answer;
  }

  /** The answer to a review that can be judged. */
  async function ask(path: string, body: unknown): Promise<Response> {
    const { status, type, body: review } = await post(path, body);
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
    expect(review).toEqual({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response: expect.anything() });
    return withoutPolicy(review.response);
  }

  return {
    agent,
    operations,
    post,
    ask,
    metrics: async () => (await operations.get('/metrics')).text,
    /** For requests that must share sockets. */
    pool: (sockets: number) => new https.Agent({ keepAlive: true, maxSockets: sockets, ca: certificate }),
    connect: (options: tls.ConnectionOptions & Partial<TcpNetConnectOpts> = {}) =>
      tls.connect({ host: '127.0.0.1', port, ca: certificate, ...options }),
    /** A request whose body is the caller's to send, in any pace, the text that comes back until the server closes, and when it began. */
    open(path: string, length: number) {
      const socket = tls.connect({ host: '127.0.0.1', port, ca: certificate });
      const began = performance.now();
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
      );
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', () => {}); // a server that closes on unread bytes may reset
      let answered = Number.POSITIVE_INFINITY; // milliseconds until the answer began
      socket.once('data', () => {
        answered = performance.now() - began;
      });
      const closed = new Promise<{ text: string; milliseconds: number }>((resolve) => {
        socket.on('close', () => resolve({ text: Buffer.concat(chunks).toString(), milliseconds: answered }));
      });
      return { socket, closed };
    },
  };
}

/** Which policy it was may be read of every verdict: test/serve/policy-digest.test.ts. */
function withoutPolicy({ auditAnnotations, ...response }: Response): Response {
  if (!auditAnnotations) return response;
  const { policy, ...annotations } = auditAnnotations;
  return { ...response, auditAnnotations: annotations };
}

/** What a patch makes of an object, as an API server applies it: only whole `subsets` that are there may be replaced. */
export function applied(object: unknown, { allowed, status, patch, patchType }: Response): unknown {
  expect({ allowed, status }).toEqual({ allowed: true, status: undefined });
  expect(patchType).toBe(patch === undefined ? undefined : 'JSONPatch');
  if (patch === undefined) return object;
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString());
  expect(operations).toEqual([{ op: 'replace', path: '/subsets', value: expect.any(Array) }]);
  expect(object).toHaveProperty('subsets');
  return { ...(object as Json), subsets: operations[0].value };
}

/** What a child process gets of our environment: no flags, but where to write its coverage. */
export const inherited: Readonly<Record<string, string>> = Object.fromEntries(
  ['PATH', 'NODE_V8_COVERAGE'].map((name) => [name, process.env[name] ?? '']).filter(([, value]) => value !== ''),
);

/** `endpoints-webhook serve` as a process of its own. `listening` rejects with its standard error if it ends before. */
export function spawnServe(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child: ChildProcess = spawn(process.execPath, ['src/main.ts', 'serve', ...flags], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr?.on('data', (chunk) => (err += chunk));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  const listening = new Promise<{ port: number; operationsPort: number }>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const line = /^.*"msg":"listening".*\n/m.exec(out)?.[0];
      if (line) resolve(JSON.parse(line));
    });
    child.on('close', () => reject(new Error(err)));
  });
  listening.catch(() => {});
  return { child, listening, ended };
}
