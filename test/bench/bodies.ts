/** The address number `i` of 10.0.0.0/8. */
export function ipv4(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

/** A CREATE of Endpoints as an API server sends it. */
export function reviewOf(subsets: unknown): Buffer {
  const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop' }, subsets };
  const request = {
    uid: '0b1bbf1c-6a3c-4d3e-9a70-6f1f3c1d1f3a',
    kind: { group: '', version: 'v1', kind: 'Endpoints' },
    resource: { group: '', version: 'v1', resource: 'endpoints' },
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
  'too many values, 16 MiB of {},': () => reviewOf(Array(5_500_000).fill({})),
};
