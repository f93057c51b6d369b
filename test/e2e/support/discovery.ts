import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, api } from './api.ts';
import { path, release } from './names.ts';

// Debian's Prometheus has no discovery in Kubernetes. This says to its http_sd_configs what that would find, with the same labels.

interface Targets {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Discovery {
  readonly url: string;
  close(): void;
}

/** `/pod?<label selector>` and `/endpoints`, each as the account of Prometheus may see it. */
export async function startDiscovery(): Promise<Discovery> {
  const server = createServer(async (request, response) => {
    const [role, selector = ''] = (request.url ?? '').split('?');
    try {
      const found = await (role === '/pod' ? findPods(selector) : findEndpoints());
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(found));
    } catch (error) {
      response.writeHead(500).end(`${error}`);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function findPods(selector: string): Promise<readonly Targets[]> {
  const { namespace } = release();
  const { body } = await ask(`${path(namespace, 'pods')}?labelSelector=${selector}`);
  return (body.items ?? []).flatMap(({ metadata, spec, status }) =>
    (spec?.containers ?? []).flatMap(({ ports = [] }) =>
      ports
        .filter(() => status?.podIP !== undefined)
        .map(({ name, containerPort }) => ({
          targets: [`${status?.podIP}:${containerPort}`],
          labels: {
            __meta_kubernetes_namespace: namespace,
            __meta_kubernetes_pod_name: metadata?.name ?? '',
            __meta_kubernetes_pod_container_port_name: name ?? '',
          },
        })),
    ),
  );
}

async function findEndpoints(): Promise<readonly Targets[]> {
  const { body } = await ask(path('default', 'endpoints', 'kubernetes'));
  return (body.subsets ?? []).map(({ addresses = [], ports = [] }) => ({
    targets: addresses.map(({ ip }) => `${ip}:${ports[0]?.port}`),
    labels: {
      __meta_kubernetes_namespace: 'default',
      __meta_kubernetes_service_name: 'kubernetes',
      __meta_kubernetes_endpoint_port_name: ports[0]?.name ?? '',
    },
  }));
}

async function ask(url: string): Promise<Answer> {
  const user = `system:serviceaccount:${release().namespace}:prometheus`;
  const answer = await api().get(url, { as: { user, groups: ['system:serviceaccounts', 'system:authenticated'] } });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
}
