/** The address number `i` of 10.0.0.0/8. */
export function ipv4(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

/** A CREATE of Endpoints as an API server sends it. */
export function reviewOf(subsets: unknown): Buffer {
  const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop' }, subsets };
  return reviewOfObject(object, { group: '', version: 'v1', resource: 'endpoints' });
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

function reviewOfObject(object: { readonly kind: string }, resource: Resource): Buffer {
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
  };
  return Buffer.from(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request }));
}

/** A valid review with so many addresses, each with the members that controllers write. */
export function validReview(addresses: number): Buffer {
  const list = Array.from({ length: addresses }, (_, i) => ({
    ip: ipv4(i + 1),
    nodeName: `node-${i % 9}`,
    targetRef: { kind: 'Pod', namespace: 'shop', name: `web-${i}`, uid: '5f0c1f2e-7f0e-4b1e-8f7c-0d7a4b1f2c3d' },
  }));
  return reviewOf([{ addresses: list, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }]);
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

const wrong = { ip: '127.0.0.1', hostname: 'a.b', nodeName: '', targetRef: { resourceVersion: '1', fieldPath: '[' } };

/** The worst that we could construct within 1,000,000 JSON values: each fills the limit in another way. */
export const worst: Readonly<Record<string, () => Buffer>> = {
  'empty subsets': () => reviewOf(Array(990_000).fill({})),
  'null subsets': () => reviewOf(Array(990_000).fill(null)),
  'empty ports': () => reviewOf([{ addresses: [{ ip: ipv4(1) }], ports: Array(990_000).fill({}) }]),
  'malformed addresses': () => reviewOf([{ addresses: Array(490_000).fill({ ip: 'x' }), ports: [{ port: 80 }] }]),
  'loopback addresses': () =>
    reviewOf([{ addresses: Array(490_000).fill({ ip: '127.0.0.1' }), ports: [{ port: 80 }] }]),
  'both lists': () => {
    const list = Array.from({ length: 245_000 }, (_, i) => ({ ip: ipv4(i) }));
    return reviewOf([{ addresses: list, notReadyAddresses: list, ports: [{ port: 80 }] }]);
  },
  'both lists, IPv6': () => {
    const list = Array.from({ length: 200_000 }, (_, i) => ({
      ip: `2001:db8:1:2:3:4:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}`,
    }));
    return reviewOf([{ addresses: list, notReadyAddresses: list, ports: [{ port: 80 }] }]);
  },
  'everything wrong': () =>
    reviewOf([
      { addresses: Array(120_000).fill(wrong), ports: Array(25_000).fill({ name: '_', port: 0, protocol: 'x' }) },
    ]),
  'everything wrong, half unreadable': () =>
    reviewOf([
      {
        addresses: [...Array(9000).fill({ ip: 'x' }), ...Array(110_000).fill(wrong)],
        ports: Array(25_000).fill({ name: '_', port: 0, protocol: 'x' }),
      },
    ]),
  'subsets to pack': () =>
    reviewOf(Array.from({ length: 33_000 }, (_, i) => ({ addresses: [{ ip: ipv4(i) }], ports: [{ port: 80 }] }))),
  'slice: empty endpoints': () => sliceReviewOf({ endpoints: Array(990_000).fill({}) }),
  'slice: empty ports': () => sliceReviewOf({ ports: Array(990_000).fill({}) }),
  'slice: owners': () => sliceReviewOf({ metadata: { ownerReferences: Array(990_000).fill({}) } }),
  'slice: loopback addresses': () => sliceReviewOf({ endpoints: [{ addresses: Array(980_000).fill('127.0.0.1') }] }),
  'slice: malformed addresses': () => sliceReviewOf({ endpoints: [{ addresses: Array(980_000).fill('x') }] }),
  'slice: another family': () => sliceReviewOf({ endpoints: [{ addresses: Array(980_000).fill('::2') }] }),
  'too many values, 16 MiB of {},': () => reviewOf(Array(5_500_000).fill({})),
};
