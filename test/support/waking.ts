import { collections } from './followed-webhook.ts';
import { createReview, updateReview } from './webhook.ts';

type Json = Readonly<Record<string, unknown>>;

// Services of the namespace `shop` called `web`, and what is there before them.

export const selector = { app: 'web' };

export function serviceOf(spec: Json = {}) {
  const metadata = { name: 'web', namespace: 'shop' };
  return { kind: 'Service', apiVersion: 'v1', metadata, spec: { type: 'ClusterIP', ports: [{ port: 80 }], ...spec } };
}

const resource = { group: '', version: 'v1', resource: 'services' };

export const creating = (spec: Json = {}, request: Json = {}) =>
  createReview(serviceOf(spec), { resource, ...request });

export const updating = (spec: Json, before: Json, request: Json = {}) =>
  updateReview(serviceOf(spec), serviceOf(before), { resource, ...request });

export function endpointsOf(ip: string, name = 'web') {
  const subsets = [{ addresses: [{ ip }], ports: [{ port: 80, protocol: 'TCP' }] }];
  return { kind: 'Endpoints', apiVersion: 'v1', metadata: { namespace: 'shop', name }, subsets };
}

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

export function sliceOf(ip: string, name = 'web-1', labels: Json = {}) {
  const metadata = { namespace: 'shop', name, labels: { [serviceNameLabel]: 'web', ...labels } };
  return {
    ...{ kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', metadata, addressType: 'IPv4' },
    ...{ endpoints: [{ addresses: [ip] }], ports: [{ name: '', port: 80, protocol: 'TCP' }] },
  };
}

/** Where objects of these kinds are. */
export const places = { Endpoints: collections.endpoints, EndpointSlice: collections.slices };

/** Forbids 10.200.0.0/16, of which RBAC may exempt. */
export const forbidden = { rules: { 'forbidden-network': { networks: ['10.200.0.0/16'] } } };
