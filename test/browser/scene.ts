import { endpoints, livePod, type paths, podEndpoints, type StandIn, service, slice } from '../support/cluster.ts';

/** What a browser would run if anything of it were taken for markup. */
export const hostile = `"><img src=x onerror="document.title='taken over'"><script>document.title='taken over'</script>`;

export const policy = `apiVersion: endpoints-webhook.io/v1alpha1
kind: Policy
rules:
  forbidden-network: { networks: [10.244.0.0/16, 10.96.0.0/12, 192.168.10.0/24] }
  forbidden-port: { presets: [control-plane] }
exempt: [{ namespaces: [databases], rules: [forbidden-network] }]
`;

const group = 'rbac.authorization.k8s.io';
const everyWrite = { apiGroups: ['', 'discovery.k8s.io'], resources: ['endpoints', 'endpointslices'] };
const writer = { ...everyWrite, verbs: ['create', 'update', 'patch'] };
const aggregated = { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' };

const scene: Partial<Record<keyof typeof paths, readonly object[]>> = {
  pods: [livePod('shop', 'web-1', '10.244.1.7'), livePod('shop', 'web-2', '10.244.2.9')],
  services: [service('shop', 'web', { app: 'web' }), service('shop', 'legacy'), service('payments', 'gateway')],
  endpoints: [
    endpoints('default', 'kubernetes', '192.168.10.2'),
    podEndpoints('shop', 'web', '10.244.1.7', '10.244.2.9'),
    podEndpoints('shop', 'legacy', '10.244.9.9'),
    endpoints('payments', 'gateway', '10.96.0.1', '168.63.129.16', '203.0.113.7'),
    endpoints('payments', 'metadata', '192.168.10.11'),
    endpoints('databases', 'postgres', '10.244.7.7'),
    endpoints('kube-system', 'kubelet', '192.168.10.2'),
  ],
  slices: [
    slice('default', 'kubernetes', 'kubernetes', '192.168.10.2'),
    slice('shop', 'web-x7k2p', 'web', '10.244.1.7', '10.244.2.9'),
    { ...slice('payments', 'partner', 'partner', 'api.partner.example'), addressType: 'FQDN' },
  ],
  clusterRoles: [
    {
      metadata: { name: 'edit' },
      rules: [writer],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregated }] },
    },
    { metadata: { name: 'tenant-endpoints', labels: aggregated }, rules: [writer] },
    { metadata: { name: 'cluster-admin' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
    {
      metadata: { name: 'system:controller:endpointslice-controller' },
      rules: [{ ...writer, verbs: ['create', 'update'] }],
    },
    {
      metadata: { name: 'patroni' },
      rules: [
        { apiGroups: [''], resources: ['endpoints'], resourceNames: ['postgres'], verbs: ['patch'] },
        { apiGroups: [''], resources: ['endpoints/restricted'], verbs: ['create'] },
      ],
    },
  ],
  clusterRoleBindings: [
    bound('cluster-admin', 'cluster-admin', { kind: 'Group', name: 'system:masters' }),
    bound('controller', 'system:controller:endpointslice-controller', {
      kind: 'ServiceAccount',
      name: 'endpointslice-controller',
      namespace: 'kube-system',
    }),
  ],
  roleBindings: [
    bound('team', 'edit', { kind: 'Group', name: 'payments-team' }, 'payments'),
    bound('ci', 'edit', { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }, 'shop'),
    bound('postgres', 'patroni', { kind: 'ServiceAccount', name: 'postgres', namespace: 'databases' }, 'databases'),
  ],
};

function bound(name: string, role: string, subject: object, namespace?: string) {
  return {
    metadata: { name, namespace },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: group, ...subject }],
  };
}

/** A cluster as there are many. */
export function setScene({ lists }: StandIn, known: typeof paths): void {
  for (const [name, items] of Object.entries(scene))
    lists.get(known[name as keyof typeof paths])?.push(...(items as Record<string, unknown>[]));
}

/** The same with names that attack whoever reads the report. */
export function setTrap({ lists }: StandIn, known: typeof paths): void {
  lists.get(known.endpoints)?.push(endpoints(hostile, hostile, '10.96.0.1', hostile) as never);
  lists
    .get(known.clusterRoles)
    ?.push({ metadata: { name: hostile }, rules: [{ ...writer, resourceNames: [hostile] }] });
  lists
    .get(known.roleBindings)
    ?.push(bound(hostile, hostile, { kind: hostile, name: hostile, namespace: hostile }, hostile) as never);
}
