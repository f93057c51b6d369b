import http from 'node:http';
import type { Registry } from 'prom-client';
import { printedLine } from '../endpoints/visible.ts';
import { keepNewest } from './keep-newest.ts';
import { addReadinessSeries } from './series.ts';

export interface OperationsOptions {
  readonly registry: Registry;
  /** Everything that must be right before the pod is ready. */
  readonly checks: () => readonly ReadinessCheck[];
}

/** `problem`: what is wrong; `undefined` when nothing is. `note`: what is to be known although it is ready. */
export interface ReadinessCheck {
  readonly name: string;
  readonly problem: string | undefined;
  readonly note?: string;
}

/** Plain HTTP for probes and Prometheus: `/livez`, `/readyz`, `/metrics`. */
export function createOperationsServer({ registry, checks }: OperationsOptions): http.Server {
  addReadinessSeries(registry, () => checks().every(({ problem }) => problem === undefined));
  const writeMetrics = shareWork(() => registry.metrics());
  const handlers: Readonly<Record<string, (query: string) => Promise<Reply> | Reply>> = {
    '/livez': () => ({ code: 200, text: 'ok\n' }),
    '/readyz': (query) => readinessReply(checks(), new URLSearchParams(query)),
    '/metrics': async () => ({ code: 200, text: await writeMetrics(), type: registry.contentType }),
  };
  const limits = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 };
  const server = http.createServer(limits, async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const handler = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
    if (!handler) return send(response, { code: 404, text: 'not found: /livez, /readyz or /metrics\n' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return send(response, { code: 405, text: 'use GET\n' });
    }
    return send(response, await handler(query));
  });
  server.maxRequestsPerSocket = 1; // requests in one piece would be answered in one piece, while everybody else waits
  keepNewest(server, maxConnections);
  return server;
}

/** There are only a few probes and scrapers. Whoever opens more must not have the kubelet take the pod for dead. */
const maxConnections = 50;

/** Writing the metrics takes milliseconds, in which no review is answered: all who ask within this time get the same text. */
const gatheringMilliseconds = 25;

function shareWork(work: () => Promise<string>): () => Promise<string> {
  let running: Promise<string> | undefined;
  const run = async () => {
    await new Promise((resolve) => setTimeout(resolve, gatheringMilliseconds));
    running = undefined;
    return work();
  };
  return () => {
    running ??= run();
    return running;
  };
}

/** With the parameters of the API server's own `/readyz`, and in its format. Its words may be part of a problem. */
function readinessReply(all: readonly ReadinessCheck[], query: URLSearchParams): Reply {
  const excluded = query.getAll('exclude');
  const checks = all.filter(({ name }) => !excluded.includes(name));
  const problems = checks.flatMap(({ problem }) => problem ?? []);
  const code = problems.length === 0 ? 200 : 503;
  const summary = problems.length === 0 ? 'ok' : `not ready: ${problems.join('; ')}`;
  const lines = checks.map(({ name, problem, note }) => {
    if (problem !== undefined) return `[-]${name}: ${problem}`;
    return `[+]${name} ok${note === undefined ? '' : ` (${note})`}`;
  });
  return { code, text: [...(query.has('verbose') ? lines : []), summary].map(printedLine).join('') };
}

interface Reply {
  readonly code: number;
  readonly text: string;
  readonly type?: string;
}

function send(response: http.ServerResponse, { code, text, type = 'text/plain; charset=utf-8' }: Reply): void {
  response.writeHead(code, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }).end(text);
}
