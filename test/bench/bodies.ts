/** The address number `i` of 10.0.0.0/8. */
export function ipv4(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

const endpointsOf = (subsets: unknown) => ({
  ...{ kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop' } },
  subsets,
});

const endpoints = { group: '', version: 'v1', resource: 'endpoints' };

/** A CREATE of Endpoints as an API server sends it; `changes` replace members of the request. */
export function reviewOf(subsets: unknown, changes: object = {}): Buffer {
  return reviewOfObject(endpointsOf(subsets), endpoints, changes);
}

/** An UPDATE of Endpoints. */
export function updateOf(subsets: unknown, previous: unknown): Buffer {
  return reviewOf(subsets, { operation: 'UPDATE', oldObject: endpointsOf(previous) });
}

/** A CREATE of an EndpointSlice; `fields` are added to it. */
export function sliceReviewOf(fields: object): Buffer {
  const owner = { apiVersion: 'v1', kind: 'Service', name: 'web', uid: '5f0c1f2e-7f0e-4b1e-8f7c-0d7a4b1f2c3d' };
  const labels = {
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  };
  const metadata = { name: 'web-x7k2p', namespace: 'shop', labels, ownerReferences: [{ ...owner, controller: true }] };
  const object = { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', metadata, addressType: 'IPv4', ...fields };
  return reviewOfObject(object, { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' });
}

interface Resource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

function reviewOfObject(object: { readonly kind: string }, resource: Resource, changes: object = {}): Buffer {
  const request = {
    uid: '0b1bbf1c-6a3c-4d3e-9a70-6f1f3c1d1f3a',
    kind: { group: resource.group, version: 'v1', kind: object.kind },
    resource,
    name: 'web',
    namespace: 'shop',
    operation: 'CREATE',
    userInfo: { username: 'alice', groups: ['tenants', 'system:authenticated'] },
    object,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-create' },
    ...changes,
  };
  return Buffer.from(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request }));
}

/** So many addresses, each with the members that controllers write. */
export function typicalAddresses(count: number): readonly { readonly ip: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    ip: ipv4(i + 1),
    nodeName: `node-${i % 9}`,
    targetRef: { kind: 'Pod', namespace: 'shop', name: `web-${i}`, uid: '5f0c1f2e-7f0e-4b1e-8f7c-0d7a4b1f2c3d' },
  }));
}

/** A valid review with so many of them. */
export function validReview(addresses: number): Buffer {
  return reviewOf([{ addresses: typicalAddresses(addresses), ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }]);
}

/** A valid slice with so many endpoints, each with the members that its controller writes. */
export function validSliceReview(count: number): Buffer {
  const endpoints = Array.from({ length: count }, (_, i) => ({
    addresses: [ipv4(i + 1)],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${i % 9}`,
    targetRef: { kind: 'Pod', namespace: 'shop', name: `web-${i}`, uid: '5f0c1f2e-7f0e-4b1e-8f7c-0d7a4b1f2c3d' },
    zone: 'a',
  }));
  return sliceReviewOf({ endpoints, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] });
}
