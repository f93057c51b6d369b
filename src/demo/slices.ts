/** A slice of the Service `web`, as a tenant writes one by hand. */
export const goodSlice = {
  kind: 'EndpointSlice' as const,
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
};

/** What it names is whatever its owner says tomorrow. */
export const namedSlice = { ...goodSlice, addressType: 'FQDN', endpoints: [{ addresses: ['db.example.com'] }] };

/** What is wrong with a slice, and which rule says so: one of each kind, the last of which cannot be read. */
export const sliceMistakes: readonly (readonly [rule: string, fields: Readonly<Record<string, unknown>>])[] = [
  ['special-address', { endpoints: [{ addresses: ['169.254.169.254'], conditions: { ready: false } }] }],
  ['port-range', { ports: [{ name: 'http', port: 70_000 }] }],
  ['well-formed', { addressType: 'IPv6' }],
  ['well-formed', { endpoints: [{ addresses: ['010.1.2.3'] }], ports: [{ port: '80' }] }],
];
