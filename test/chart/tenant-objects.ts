/** What a tenant has not, each in a network that `enclosing` forbids. */
export const cluster = [
  { kind: 'Pod', metadata: { namespace: 'bank', name: 'db' }, status: { podIPs: [{ ip: '10.1.2.3' }] } },
  {
    kind: 'Node',
    metadata: { name: 'a' },
    spec: { podCIDR: '10.2.0.0/24' },
    status: { addresses: [{ address: '10.1.2.4' }] },
  },
  {
    kind: 'EndpointSlice',
    metadata: { namespace: 'default', name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    endpoints: [{ addresses: ['10.1.2.5'] }],
  },
  {
    ...{ kind: 'Service', metadata: { namespace: 'bank', name: 'db' }, spec: { clusterIP: '10.1.2.6' } },
    status: { loadBalancer: { ingress: [{ ip: '10.1.2.7' }] } },
  },
  { kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.3.0.0/24'] } },
] as const;

/**
 * Of that cluster, and nobody's among its pods and Services; a metadata service of a cloud, special as an address, a name: what tenants
 * must not write. Nothing else is wrong with them.
 */
export const tenantObjects = [
  ...['10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6', '10.1.2.7', '10.2.0.9', '10.3.0.9'].map(endpoints),
  ...['168.63.129.16', '127.0.0.1'].map(endpoints),
  sliceOf('FQDN', 'example.com'),
];

function endpoints(ip: string) {
  const subsets = [{ addresses: [{ ip }], ports: [{ port: 80, protocol: 'TCP' }] }];
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets } as const;
}

function sliceOf(addressType: string, address: string) {
  const head = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web' } } as const;
  return { ...head, addressType, endpoints: [{ addresses: [address] }], ports: [{ port: 80, protocol: 'TCP' }] };
}
