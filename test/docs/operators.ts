import { linkerd } from './shapes/linkerd.ts';
import { provisioners } from './shapes/provisioners.ts';
import { podAddress, podRef, type Shape } from './shapes/shape.ts';
import { velero } from './shapes/velero.ts';

// Objects as well-known projects write them, for the policies in docs/policies. Each names the code that it was taken from.

// https://github.com/patroni/patroni/blob/master/patroni/dcs/kubernetes.py: _patch_or_create, _map_subsets, __target_ref
const patroniUser = 'system:serviceaccount:databases:postgres-pod';
const patroniLabels = { application: 'spilo', 'cluster-name': 'shop' };
const leader = {
  leader: 'shop-0',
  ttl: '30',
  renewTime: '2026-11-24T10:00:00+00:00',
  acquireTime: '2026-11-24T09:00:00+00:00',
  transitions: '0',
};
const patroni: readonly Shape[] = [
  {
    what: 'the configuration, which never has subsets',
    user: patroniUser,
    namespace: 'databases',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: {
        name: 'shop-config',
        namespace: 'databases',
        labels: patroniLabels,
        annotations: { initialize: '7', config: '{"ttl":30}' },
      },
    },
    refusedBy: ['subsets-required'],
  },
  {
    what: 'the lock before there is a leader',
    user: patroniUser,
    namespace: 'databases',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: { name: 'shop', namespace: 'databases', labels: patroniLabels, annotations: leader },
      subsets: [],
    },
    refusedBy: ['subsets-required'],
  },
  {
    what: 'the lock with its leader',
    user: patroniUser,
    namespace: 'databases',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: { name: 'shop', namespace: 'databases', labels: patroniLabels, annotations: leader },
      subsets: [
        {
          addresses: [
            {
              ip: '10.244.1.7',
              hostname: 'shop-0',
              nodeName: 'node-1',
              targetRef: podRef('shop-0', 'databases', { resourceVersion: '4711' }),
            },
          ],
          ports: [{ name: 'postgresql', port: 5432, protocol: 'TCP' }],
        },
      ],
    },
    refusedBy: ['target-resource-version', 'forbidden-network'],
  },
];

// https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/kubelet/controller.go: syncEndpoints, syncEndpointSlice
const kubeletUser = 'system:serviceaccount:monitoring:prometheus-operator';
const kubeletLabels = {
  'k8s-app': 'kubelet',
  'app.kubernetes.io/name': 'kubelet',
  'app.kubernetes.io/managed-by': 'prometheus-operator',
};
const kubeletPorts = [
  { name: 'https-metrics', port: 10250, protocol: 'TCP' },
  { name: 'cadvisor', port: 4194, protocol: 'TCP' },
  { name: 'http-metrics', port: 10255, protocol: 'TCP' },
];
const nodes = [1, 2].map((i) => ({
  address: `192.168.178.1${i}`,
  more: { nodeName: `node-${i}`, targetRef: { kind: 'Node', name: `node-${i}`, uid: `n${i}`, apiVersion: 'v1' } },
}));
const prometheusOperator: readonly Shape[] = [
  {
    what: 'the kubelets as Endpoints',
    user: kubeletUser,
    namespace: 'kube-system',
    object: {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: {
        name: 'kubelet',
        namespace: 'kube-system',
        labels: { ...kubeletLabels, 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [{ addresses: nodes.map(({ address, more }) => ({ ip: address, ...more })), ports: kubeletPorts }],
    },
    refusedBy: ['forbidden-network', 'forbidden-port'],
  },
  {
    what: 'the kubelets as an EndpointSlice',
    user: kubeletUser,
    namespace: 'kube-system',
    object: {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: {
        generateName: 'kubelet-',
        namespace: 'kube-system',
        labels: {
          ...kubeletLabels,
          'kubernetes.io/service-name': 'kubelet',
          'endpointslice.kubernetes.io/managed-by': 'prometheus-operator',
        },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Service', name: 'kubelet', uid: 's1', controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: 'IPv4',
      endpoints: nodes.map(({ address, more }) => ({ addresses: [address], conditions: { ready: true }, ...more })),
      ports: kubeletPorts,
    },
    refusedBy: ['forbidden-network', 'forbidden-port'],
  },
];

// https://github.com/knative/serving/blob/main/pkg/reconciler/serverlessservice/resources/services.go: MakePublicEndpoints, whose
// subsets are those of the private Service's Endpoints or of the activator's, with the one port that serves
const knativeUser = 'system:serviceaccount:knative-serving:controller';
const revision = (subsets: readonly object[] | undefined) => ({
  kind: 'Endpoints' as const,
  apiVersion: 'v1',
  metadata: {
    name: 'hello-00001',
    namespace: 'shop',
    labels: {
      'networking.internal.knative.dev/serverlessservice': 'hello-00001',
      'networking.internal.knative.dev/serviceType': 'Public',
    },
    ownerReferences: [
      {
        apiVersion: 'networking.internal.knative.dev/v1alpha1',
        kind: 'ServerlessService',
        name: 'hello-00001',
        uid: 'k1',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  subsets,
});
const http = [{ name: 'http', port: 8012, protocol: 'TCP' }];
const knative: readonly Shape[] = [
  {
    what: 'a revision that serves',
    user: knativeUser,
    namespace: 'shop',
    object: revision([{ addresses: [podAddress('10.244.2.3', 'hello-00001-deployment-1', 'shop')], ports: http }]),
    refusedBy: ['forbidden-network'],
  },
  {
    what: 'a revision that sleeps behind the activator',
    user: knativeUser,
    namespace: 'shop',
    object: revision([{ addresses: [podAddress('10.244.0.9', 'activator-1', 'knative-serving')], ports: http }]),
    refusedBy: ['forbidden-network'],
  },
  {
    what: 'a revision while no activator is ready',
    user: knativeUser,
    namespace: 'shop',
    object: revision([
      { notReadyAddresses: [podAddress('10.244.0.9', 'activator-1', 'knative-serving')], ports: http },
    ]),
    refusedBy: ['addresses-required', 'forbidden-network'],
  },
  {
    what: 'a revision while there is no activator',
    user: knativeUser,
    namespace: 'shop',
    object: revision(undefined),
    refusedBy: ['subsets-required'],
  },
];

// https://github.com/submariner-io/lighthouse/blob/devel/pkg/agent/controller/service_endpoint_slices.go: newEndpointSliceFrom,
// clusterIPEndpointSliceFrom, headlessEndpointSliceFrom
const lighthouseUser = 'system:serviceaccount:submariner-operator:submariner-lighthouse-agent';
const exported = (name: string, headless: boolean, globalnet: boolean, endpoints: readonly object[]) => ({
  kind: 'EndpointSlice' as const,
  apiVersion: 'discovery.k8s.io/v1',
  metadata: {
    name,
    namespace: 'shop',
    labels: {
      'endpointslice.kubernetes.io/managed-by': 'lighthouse-agent.submariner.io',
      'lighthouse.submariner.io/sourceNamespace': 'shop',
      'multicluster.kubernetes.io/source-cluster': 'cluster2',
      'multicluster.kubernetes.io/service-name': 'db',
      'lighthouse.submariner.io/is-headless': String(headless),
    },
    annotations: {
      'lighthouse.submariner.io/publish-not-ready-addresses': 'false',
      'lighthouse.submariner.io/globalnet-enabled': String(globalnet),
    },
  },
  addressType: 'IPv4',
  endpoints,
  ports: [{ name: 'postgresql', protocol: 'TCP', port: 5432 }],
});
const submariner: readonly Shape[] = [
  {
    what: 'the ClusterIP of another cluster’s Service',
    user: lighthouseUser,
    namespace: 'shop',
    object: exported('db-shop-cluster2', false, false, [{ addresses: ['10.112.3.4'], conditions: { ready: true } }]),
    refusedBy: ['forbidden-network'],
  },
  {
    what: 'the pods of another cluster’s headless Service',
    user: lighthouseUser,
    namespace: 'shop',
    object: exported('db-abcde-shop-cluster2', true, false, [
      { addresses: ['10.245.1.2'], conditions: { ready: true }, hostname: 'db-0', targetRef: podRef('db-0', 'shop') },
    ]),
    refusedBy: ['forbidden-network'],
  },
  {
    what: 'the same under Globalnet',
    user: lighthouseUser,
    namespace: 'shop',
    object: exported('db-abcde-shop-cluster2', true, true, [
      {
        addresses: ['242.1.255.253'],
        conditions: { ready: true },
        hostname: 'db-0',
        targetRef: podRef('db-0', 'shop'),
      },
    ]),
    refusedBy: ['forbidden-network'],
  },
];

/** By the name of the policy. */
export const shapes: Readonly<Record<string, readonly Shape[]>> = {
  patroni,
  'prometheus-operator': prometheusOperator,
  knative,
  submariner,
  provisioners,
  velero,
  linkerd,
};
