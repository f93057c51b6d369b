import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;

interface Stored extends Fields {
  metadata: { name: string; resourceVersion: string; annotations?: Record<string, string> };
}

/** What a test does to an API server: look at an object, write it past everybody, make calls fail or hang. */
export interface ApiServer {
  readonly url: string;
  readonly objects: Map<string, Stored>;
  /** Every write that was accepted: its path and resulting version. */
  readonly writes: string[];
  put(path: string, object: Fields): void;
  /** Called for each request; what it returns is answered instead. 'hang' never answers. */
  interfere: (method: string, path: string) => 'hang' | number | undefined;
  kubeconfig(): string;
  close(): Promise<void>;
}

export const secretPath = '/api/v1/namespaces/webhook/secrets/webhook-ca';
const group = '/apis/admissionregistration.k8s.io/v1';
export const validatingPath = `${group}/validatingwebhookconfigurations/webhook-endpoints`;
export const mutatingPath = `${group}/mutatingwebhookconfigurations/webhook-endpoints`;

/**
 * As much of an API server as certificates need: GET and PATCH of single objects, with resource versions. Merge patches merge, and
 * strategic ones merge `webhooks` by name; the end-to-end tests show that a real one does the same.
 */
export async function startApiServer(): Promise<ApiServer> {
  const objects = new Map<string, Stored>();
  const writes: string[] = [];
  let version = 100;
  const store = (path: string, object: Fields) => {
    const metadata = { ...(object.metadata as Stored['metadata']), resourceVersion: String(++version) };
    objects.set(path, { ...object, metadata });
    writes.push(`${path}@${version}`);
  };
  const api = { interfere: () => undefined } as unknown as ApiServer;
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const method = request.method ?? '';
    const send = (code: number, body: unknown) =>
      response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const fail = (code: number, message: string) => send(code, { kind: 'Status', status: 'Failure', code, message });
    const interference = api.interfere(method, path);
    if (interference === 'hang') return;
    if (interference !== undefined) return fail(interference, 'the test says no');
    const object = objects.get(path);
    if (!object) return fail(404, `${path} not found`);
    if (method === 'PATCH') {
      const patch = JSON.parse(Buffer.concat(chunks).toString());
      const { resourceVersion } = patch.metadata;
      if (resourceVersion !== object.metadata.resourceVersion) return fail(409, 'the object has been modified');
      const strategic = request.headers['content-type'] === 'application/strategic-merge-patch+json';
      if (strategic !== path.startsWith(group)) return fail(415, 'not the kind of patch that this object takes');
      store(path, merge(object, patch) as Fields);
    }
    return send(200, objects.get(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(api, {
    url,
    objects,
    writes,
    put: store,
    kubeconfig: () =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'test',
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
        clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'test', user: { token: 'secret-token' } }],
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function merge(target: unknown, patch: unknown): unknown {
  if (Array.isArray(target) && Array.isArray(patch))
    return target.map((item) => merge(item, patch.find(({ name }) => name === item.name) ?? {}));
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Fields = { ...(target as Fields) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** An empty Secret and two configurations, as the chart makes them, with a `caBundle` that somebody fills in where it is given. */
export function install({ put }: ApiServer, caBundle?: string): void {
  put(secretPath, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'webhook-ca', namespace: 'webhook' } });
  const webhook = {
    name: 'endpoints.example.com',
    clientConfig: { service: { name: 'webhook', namespace: 'webhook' } },
  };
  const annotations = { 'endpoints-webhook.io/rendered': JSON.stringify([webhook]) };
  const metadata = { name: 'webhook-endpoints', annotations };
  const webhooks = [{ ...webhook, clientConfig: { ...webhook.clientConfig, ...(caBundle && { caBundle }) } }];
  put(validatingPath, { kind: 'ValidatingWebhookConfiguration', metadata, webhooks });
  put(mutatingPath, { kind: 'MutatingWebhookConfiguration', metadata, webhooks });
}

/** The `caBundle` of a configuration, PEM. */
export function caBundle({ objects }: ApiServer, path = validatingPath): string {
  const webhooks = objects.get(path)?.webhooks as { clientConfig: { caBundle?: string } }[] | undefined;
  return Buffer.from(webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

/** A key of the Secret, as text. */
export function secretKey({ objects }: ApiServer, key: string): string | undefined {
  const value = (objects.get(secretPath)?.data as Record<string, string> | undefined)?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}
