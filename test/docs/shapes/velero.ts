import { podAddress, podRef, type Shape } from './shape.ts';

// https://github.com/vmware-tanzu/velero/blob/main/pkg/restore/restore.go: restoreItem, resetMetadata, addRestoreLabels. What
// Kubernetes' controllers had written, without what the API server fills in and without owners and generateName.
const http = [{ name: 'http', port: 8012, protocol: 'TCP' }];
const restored = (labels: object, annotations?: object) => ({
  namespace: 'shop',
  labels: { ...labels, 'velero.io/backup-name': 'nightly-20261124', 'velero.io/restore-name': 'nightly-20261124-1' },
  annotations,
});
const restoredEndpoints = (
  what: string,
  subsets: readonly object[] | undefined,
  refusedBy: readonly string[],
): Shape => ({
  what,
  user: 'system:serviceaccount:velero:velero',
  namespace: 'shop',
  object: {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: {
      name: 'web',
      ...restored({ app: 'web' }, { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-11-24T10:00:00Z' }),
    },
    subsets,
  },
  refusedBy,
});
const restoredPod = podAddress('10.244.1.7', 'web-5d8f-x2x4z', 'shop');
export const velero: readonly Shape[] = [
  restoredEndpoints(
    'Endpoints with the pods of that time',
    [{ addresses: [restoredPod], ports: http }],
    ['forbidden-network'],
  ),
  restoredEndpoints(
    'Endpoints whose pods were not ready',
    [{ notReadyAddresses: [restoredPod], ports: http }],
    ['addresses-required', 'forbidden-network'],
  ),
  restoredEndpoints('Endpoints of a Service without pods', undefined, ['subsets-required']),
  restoredEndpoints(
    'Endpoints of a headless Service without ports',
    [{ addresses: [{ ...restoredPod, hostname: 'web-0' }] }],
    ['ports-required', 'forbidden-network'],
  ),
  restoredEndpoints(
    'Endpoints of an older cluster',
    [{ addresses: [{ ...restoredPod, targetRef: podRef('web-0', 'shop', { resourceVersion: '4711' }) }], ports: http }],
    ['target-resource-version', 'forbidden-network'],
  ),
  {
    what: 'an EndpointSlice',
    user: 'system:serviceaccount:velero:velero',
    namespace: 'shop',
    object: {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: {
        name: 'web-b7x2q',
        ...restored({
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        }),
      },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.244.1.7'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'node-1',
          targetRef: podRef('web-5d8f-x2x4z', 'shop'),
        },
      ],
      ports: http,
    },
    refusedBy: ['forbidden-network'],
  },
];
