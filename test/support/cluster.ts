import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;

/** An answer instead of the list: a status with a body, raw text, or none ever. */
export type Interference = 'hang' | { readonly status: number; readonly body?: unknown; readonly text?: string };

/** What a test does to a cluster: put objects into its lists, interfere, and see what it was asked. */
export interface StandIn {
  readonly host: string;
  /** Items by the path of the whole list, such as `/api/v1/pods`. */
  readonly lists: Map<string, Fields[]>;
  /** Single objects by their path. */
  readonly objects: Map<string, Fields>;
  /** `METHOD path?query` of each request. */
  readonly requests: string[];
  interfere: (path: string, query: URLSearchParams) => Interference | undefined;
  kubeconfig(): string;
  close(): Promise<void>;
}

export const paths = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  namespaces: '/api/v1/namespaces',
  endpoints: '/api/v1/endpoints',
  nodes: '/api/v1/nodes',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  serviceCidrs: '/apis/networking.k8s.io/v1/servicecidrs',
  roles: '/apis/rbac.authorization.k8s.io/v1/roles',
  clusterRoles: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  roleBindings: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  clusterRoleBindings: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
} as const;

/**
 * As much of an API server as an audit needs: lists in pages, whole or of a namespace, and /version. The end-to-end tests show that a
 * real one does the same. Items are in the order of their keys, as in etcd.
 */
export async function startCluster(): Promise<StandIn> {
  const lists = new Map<string, Fields[]>(Object.values(paths).map((path) => [path, []]));
  const objects = new Map<string, Fields>();
  const requests: string[] = [];
  const api = { interfere: () => undefined } as unknown as StandIn;
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in');
    requests.push(`${request.method} ${request.url}`);
    const send = (code: number, text: string) =>
      response.writeHead(code, { 'Content-Type': 'application/json', 'Retry-After': '0' }).end(text);
    const interference = api.interfere(pathname, searchParams);
    if (interference === 'hang') return;
    if (interference) return send(interference.status, interference.text ?? JSON.stringify(interference.body ?? {}));
    if (pathname === '/version') return send(200, JSON.stringify({ gitVersion: 'v1.37.2' }));
    const object = objects.get(pathname);
    if (object) return send(200, JSON.stringify(object));
    const [, group, namespace, plural] = /^(.*\/v1)\/namespaces\/([^/]+)\/(\w+)$/.exec(pathname) ?? [];
    const items = lists.get(plural === undefined ? pathname : `${group}/${plural}`);
    if (!items) return send(404, JSON.stringify({ kind: 'Status', message: 'no such list' }));
    const mine = items.filter((item) => namespace === undefined || (item.metadata as Fields).namespace === namespace);
    const from = Number(searchParams.get('continue') ?? 0);
    const to = from + Number(searchParams.get('limit'));
    const metadata = to < mine.length ? { continue: String(to) } : {};
    return send(200, JSON.stringify({ kind: 'List', metadata, items: mine.slice(from, to) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster = { name: 'stand-in', cluster: { server: `http://${host}`, 'insecure-skip-tls-verify': true } };
  return Object.assign(api, {
    ...{ host, lists, objects, requests },
    kubeconfig: () =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'first' },
        contexts: ['first', 'second'].map((name) => ({ name, context: { cluster: 'stand-in', user: name } })),
        clusters: [cluster],
        users: [
          { name: 'first', user: { token: 'one' } },
          { name: 'second', user: { token: 'two' } },
        ],
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const ports = [{ port: 80, protocol: 'TCP' }];
const pod = (ip: string) => ({ ip, targetRef: { kind: 'Pod', name: 'web' } });

export const endpoints = (namespace: string, name: string, ...ips: string[]) => ({
  metadata: { namespace, name },
  subsets: [{ addresses: ips.map((ip) => ({ ip })), ports }],
});

/** Endpoints whose addresses are said to be those of pods. */
export const podEndpoints = (namespace: string, name: string, ...ips: string[]) => ({
  metadata: { namespace, name },
  subsets: [{ addresses: ips.map(pod), ports }],
});

export const slice = (namespace: string, name: string, service: string, ...addresses: string[]) => ({
  metadata: { namespace, name, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address] })),
  ports,
});

export const livePod = (namespace: string, name: string, ip: string, more: Fields = {}) => ({
  metadata: { namespace, name },
  spec: { hostNetwork: more.hostNetwork },
  status: {
    phase: more.phase ?? 'Running',
    podIP: ip,
    podIPs: [{ ip }, ...((more.others as string[]) ?? []).map((other) => ({ ip: other }))],
  },
});

export const service = (namespace: string, name: string, selector?: Fields, more: Fields = {}) => ({
  metadata: { namespace, name },
  spec: { selector, ...more },
});

export const node = (name: string, address: string, podCIDRs?: readonly string[]) => ({
  metadata: { name },
  spec: podCIDRs ? { podCIDR: podCIDRs[0], podCIDRs } : {},
  status: { addresses: [{ type: 'InternalIP', address }] },
});

export const serviceCidr = (name: string, ...cidrs: string[]) => ({ metadata: { name }, spec: { cidrs } });
