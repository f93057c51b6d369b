import type { Shape } from './shape.ts';

// https://github.com/linkerd/linkerd2/blob/main/multicluster/service-mirror: createGatewayEndpoints, getEndpointsPorts, repairEndpoints,
// createHeadlessMirrorEndpointsFromSlice; the account is that of charts/linkerd-multicluster/templates/controller/rbac.yaml
const identity = 'linkerd-gateway.linkerd-multicluster.serviceaccount.identity.linkerd.cluster.local';
const mirrorOf = (what: string, service: string, subsets: readonly object[] | undefined, rule: string): Shape => ({
  what,
  user: 'system:serviceaccount:linkerd-multicluster:controller-east',
  namespace: 'shop',
  object: {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: {
      name: `${service}-east`,
      namespace: 'shop',
      labels: { 'mirror.linkerd.io/mirrored-service': 'true', 'mirror.linkerd.io/cluster-name': 'east' },
      annotations: {
        'mirror.linkerd.io/remote-svc-fq-name': `${service}.shop.svc.cluster.local`,
        'mirror.linkerd.io/remote-gateway-identity': identity,
      },
    },
    subsets,
  },
  refusedBy: [rule],
});
const gateway = [{ ip: '192.168.180.10' }];
export const linkerd: readonly Shape[] = [
  mirrorOf(
    'a mirrored Service behind the gateway',
    'web',
    [{ addresses: gateway, ports: [{ name: 'http', port: 4143, protocol: 'TCP' }] }],
    'forbidden-network',
  ),
  mirrorOf('a mirrored Service without ready pods', 'web', undefined, 'subsets-required'),
  mirrorOf(
    'a mirrored headless Service',
    'db',
    [
      {
        addresses: [
          { hostname: 'db-0', ip: '10.96.12.7' },
          { hostname: 'db-1', ip: '10.96.12.8' },
        ],
        ports: [{ name: 'postgresql', port: 5432, protocol: 'TCP' }],
      },
    ],
    'forbidden-network',
  ),
  mirrorOf('a mirrored headless Service without ready pods', 'db', [], 'subsets-required'),
  {
    what: 'the gateway that is probed',
    user: 'system:serviceaccount:linkerd-multicluster:controller-east',
    namespace: 'linkerd-multicluster',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: {
        name: 'probe-gateway-east',
        namespace: 'linkerd-multicluster',
        labels: { 'mirror.linkerd.io/cluster-name': 'east' },
        annotations: { 'mirror.linkerd.io/remote-gateway-identity': identity },
      },
      subsets: [{ addresses: gateway, ports: [{ name: 'mc-probe', port: 4191, protocol: 'TCP' }] }],
    },
    refusedBy: ['forbidden-network'],
  },
];
