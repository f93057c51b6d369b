/** How many namespaces the pods are in. */
const namespaces = 500;

const labels = {
  'app.kubernetes.io/name': 'web',
  'app.kubernetes.io/instance': 'web-production',
  'app.kubernetes.io/component': 'frontend',
  'app.kubernetes.io/managed-by': 'Helm',
  'pod-template-hash': '6d9f7b8c54',
};

const template = {
  apiVersion: 'v1',
  kind: 'Pod',
  spec: {
    containers: [createContainer('web', 8080), createContainer('proxy', 15_090)],
    volumes: ['config', 'kube-api-access-x7k2p'].map((name) => ({
      name,
      projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
    })),
    ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', priority: 0 },
    ...{ serviceAccountName: 'web', nodeName: 'worker-0017', schedulerName: 'default-scheduler' },
    tolerations: ['not-ready', 'unreachable'].map((name) => ({
      ...{ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    })),
  },
  status: {
    ...{ phase: 'Running', qosClass: 'Burstable', startTime: '2026-11-01T10:00:00Z', hostIP: '10.77.0.17' },
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
      (type) => ({
        ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-01T10:00:07Z' },
      }),
    ),
    containerStatuses: ['web', 'proxy'].map((name) => ({
      ...{ name, ready: true, started: true, restartCount: 0, image: `registry.example.com/team/${name}:1.27.4` },
      imageID: `registry.example.com/team/${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
      containerID: `containerd://${'fedcba9876543210'.repeat(4)}`,
      state: { running: { startedAt: '2026-11-01T10:00:06Z' } },
    })),
  },
};

/** Nobody may change what comes back: the pods share most of it. `round`: how often the pod was replaced by another. */
export function podOf(index: number, round: number, version: number) {
  const [namespace = '', name = ''] = keyOf(index, round).split('/');
  const number = index + 1;
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  return {
    ...template,
    metadata: {
      ...{ name, namespace, uid: `5f0c6a3e-1111-4222-8333-${String(index).padStart(12, '0')}`, labels },
      ...{ resourceVersion: String(version), creationTimestamp: '2026-11-01T10:00:00Z', managedFields },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d9f7b8c54', controller: true }],
    },
    status: { ...template.status, podIP: ip, podIPs: [{ ip }, { ip: `fd00:10::${number.toString(16)}` }] },
  };
}

/** `<namespace>/<name>` */
export function keyOf(index: number, round: number): string {
  return `team-${String(index % namespaces).padStart(3, '0')}/web-6d9f7b8c54-${index.toString(36)}-${round}`;
}

function createContainer(name: string, port: number) {
  const probe = { httpGet: { path: '/healthz', port, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 };
  return {
    ...{ name, image: `registry.example.com/team/${name}:1.27.4`, imagePullPolicy: 'IfNotPresent' },
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    env: ['DATABASE_URL', 'LOG_LEVEL'].map((key) => ({ name: key, value: `${key}-of-production` })),
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: ['/etc/config', '/var/run/secrets/kubernetes.io/serviceaccount'].map((mountPath) => ({
      ...{ name: 'config', mountPath, readOnly: true },
    })),
    readinessProbe: probe,
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
  };
}

const managedFields = [
  { manager: 'kube-controller-manager', of: { metadata: { labels }, spec: template.spec } },
  { manager: 'kubelet', subresource: 'status', of: { status: template.status } },
].map(({ of, ...rest }) => ({
  ...{ ...rest, operation: 'Update', apiVersion: 'v1', time: '2026-11-01T10:00:07Z', fieldsType: 'FieldsV1' },
  fieldsV1: fieldsOf(of),
}));

/** As the API server notes who set which field. */
function fieldsOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      Array.isArray(value) ? `k:{"name":"${key}"}` : `f:${key}`,
      fieldsOf(inner),
    ]),
  );
}
