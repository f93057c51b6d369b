import { api } from './api.ts';
import { path } from './names.ts';
import { ourTag } from './objects.ts';

/** One of the two kinds that say where traffic goes, in its simplest form. */
export interface JudgedKind {
  readonly kind: 'Endpoints' | 'EndpointSlice';
  readonly resource: 'endpoints' | 'endpointslices';
  /** As kubectl and RBAC have it. */
  readonly group: '' | 'discovery.k8s.io';
  /** `endpoints.v1`-free: what kubectl's flag `--resource` of `create role` takes. */
  readonly qualified: string;
  path(namespace: string, name?: string): string;
  /** An object with one address and one port, which Service `name` uses where it has no selector. */
  object(name: string, ip: string, port?: number | null): KindObject;
  /** Where its first address and its first port stand. */
  readonly fields: { readonly address: string; readonly port: string };
}

export interface KindObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [member: string]: unknown;
}

export const usedPort = 8080;

export const endpoints: JudgedKind = {
  kind: 'Endpoints',
  resource: 'endpoints',
  group: '',
  qualified: 'endpoints',
  path: (namespace, name) => path(namespace, 'endpoints', name),
  object: (name, ip, port = usedPort) => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'http', port, protocol: 'TCP' }] }],
  }),
  fields: { address: 'subsets[0].addresses[0].ip', port: 'subsets[0].ports[0].port' },
};

export const slices: JudgedKind = {
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  group: 'discovery.k8s.io',
  qualified: 'endpointslices.discovery.k8s.io',
  path: (namespace, name) => path(namespace, 'endpointslices', name, 'discovery.k8s.io/v1'),
  object: (name, ip, port = usedPort) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: ip.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  }),
  fields: { address: 'endpoints[0].addresses[0]', port: 'ports[0].port' },
};

export const kinds = [endpoints, slices] as const;

/** Who refused what was answered; `nobody` where it was taken. */
export function refusedBy({ status, text }: { status: number; text: string }): 'nobody' | 'us' | 'the API server' {
  if (status < 300) return 'nobody';
  return ourTag.test(text) || /endpoints-webhook\.io" denied the request/.test(text) ? 'us' : 'the API server';
}

/** The EndpointSlices of a Service, by the label that proxies look at. */
export async function slicesOf(namespace: string, service: string) {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  return (await api().get(`${slices.path(namespace)}?labelSelector=${selector}`)).body.items ?? [];
}
