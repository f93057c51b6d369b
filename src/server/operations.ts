import http from 'node:http';
import type { Registry } from 'prom-client';

export interface Operations {
  readonly registry: Registry;
  /** Why the server is not ready; `undefined` when it is. */
  readonly notReady: () => string | undefined;
}

/** Plain HTTP for probes and Prometheus: `/livez`, `/readyz`, `/metrics`. */
export function createOperationsServer({ registry, notReady }: Operations): http.Server {
  const answers: Readonly<Record<string, () => Promise<Answer> | Answer>> = {
    '/livez': () => ({ code: 200, text: 'ok\n' }),
    '/readyz': () => {
      const reason = notReady();
      return reason === undefined ? { code: 200, text: 'ok\n' } : { code: 503, text: `not ready: ${reason}\n` };
    },
    '/metrics': async () => ({ code: 200, text: await registry.metrics(), type: registry.contentType }),
  };
  return http.createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (!answer) return send(response, { code: 404, text: 'not found: /livez, /readyz or /metrics\n' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return send(response, { code: 405, text: 'use GET\n' });
    }
    return send(response, await answer());
  });
}

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly type?: string;
}

function send(response: http.ServerResponse, { code, text, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(code, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }).end(text);
}
