import { KubeConfig } from '@kubernetes/client-node';
import { Pool } from 'undici';
import { readEnvironment } from './environment.ts';
import type { Thing } from './thing.ts';

/** An answer of the API server. */
export interface Answer {
  readonly status: number;
  readonly body: Thing;
  readonly text: string;
  /** The texts of its `Warning` headers. */
  readonly warnings: readonly string[];
}

/** Whom a request impersonates. Nobody: the administrator of the kubeconfig. */
export interface As {
  readonly user: string;
  readonly groups?: readonly string[];
}

export interface Call {
  readonly as?: As | undefined;
  readonly body?: unknown;
  readonly type?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

export type Api = ReturnType<typeof createApi>;

let shared: Api | undefined;

/** One client for all, for its connections are kept. */
export function api(): Api {
  shared ??= createApi(16);
  return shared;
}

/** A client of the API server of the kubeconfig, for where kubectl is too slow or says too little. */
export function createApi(connections: number) {
  const config = new KubeConfig();
  config.loadFromFile(readEnvironment().kubeconfig);
  const credentials = credentialsOf(config);
  const server = config.getCurrentCluster()?.server ?? '';
  const pool = credentials.then(({ connect }) => new Pool(server, { connections, connect }));

  async function call(method: string, path: string, { as, body, type, timeout = 30_000 }: Call = {}): Promise<Answer> {
    const headers = { ...(await credentials).headers, ...impersonation(as) };
    const answer = await (await pool).request({
      method,
      path,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }) },
      body: body === undefined ? null : bytesOf(body),
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, body: parse(text), warnings: warningsOf(answer.headers.warning) };
  }

  return {
    call,
    get: (path: string, options?: Call) => call('GET', path, options),
    post: (path: string, body: unknown, options?: Call) => call('POST', path, { ...options, body }),
    put: (path: string, body: unknown, options?: Call) => call('PUT', path, { ...options, body }),
    patch: (path: string, body: unknown, options?: Call) =>
      call('PATCH', path, { type: 'application/merge-patch+json', ...options, body }),
    delete: (path: string, options?: Call) => call('DELETE', path, options),
    close: async () => (await pool).destroy(),
  };
}

async function credentialsOf(config: KubeConfig) {
  const options: { ca?: unknown; cert?: unknown; key?: unknown; headers?: Record<string, string> } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, headers = {} } = options;
  const connect = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, value]) => value !== undefined));
  return { connect, headers };
}

/** Text and bytes are sent as they are. */
function bytesOf(body: unknown): string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

function impersonation(as: As | undefined): Record<string, string | string[]> {
  if (!as) return {};
  return { 'impersonate-user': as.user, ...(as.groups ? { 'impersonate-group': [...as.groups] } : {}) };
}

function parse(text: string): Thing {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function warningsOf(header: string | string[] | undefined): readonly string[] {
  const all = typeof header === 'string' ? [header] : (header ?? []);
  return all.flatMap((line) => [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text));
}
