import { addBinding, type Holders } from '../audit/access.ts';
import type { Found } from '../audit/found.ts';
import { addPod, type Pods } from '../audit/pods.ts';
import { addRole, type Roles } from '../audit/roles.ts';
import { addService, type Services } from '../audit/services.ts';
import { addObject, type Evidence, emptyTally, type Tallies } from '../audit/tally.ts';
import { allKinds } from '../kinds/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { ClusterReader, ListedKind } from './cluster-reader.ts';

const core = '/api/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

const lists = {
  pods: { api: core, plural: 'pods', namespaced: true },
  services: { api: core, plural: 'services', namespaced: true },
  Role: { api: rbac, plural: 'roles', namespaced: true },
  ClusterRole: { api: rbac, plural: 'clusterroles' },
  RoleBinding: { api: rbac, plural: 'rolebindings', namespaced: true },
  ClusterRoleBinding: { api: rbac, plural: 'clusterrolebindings' },
} satisfies Record<string, ListedKind>;

/** Pods of more namespaces are read all at once. */
const maxNamespacesReadSingly = 20;

/** Pods and Services. */
export async function readEvidence(cluster: ClusterReader): Promise<Evidence> {
  const pods: Pods = new Map();
  const services: Services = new Map();
  const knowsPods = await cluster.read(lists.pods, (pod) => addPod(pods, pod));
  const knowsServices = await cluster.read(lists.services, (service) => addService(services, service));
  return { pods, knowsPods, services, knowsServices };
}

/** Pods as they are now; where the suspects are in few namespaces, only those of these namespaces. */
export async function readPodsOf(cluster: ClusterReader, suspects: readonly Found[]): Promise<Pods> {
  const pods: Pods = new Map();
  const namespaces = [...new Set(suspects.map(({ subject }) => subject.namespace))];
  const only = namespaces.length <= maxNamespacesReadSingly ? namespaces : undefined;
  if (namespaces.length > 0) await cluster.read(lists.pods, (pod) => addPod(pods, pod), only);
  return pods;
}

export async function readObjects(cluster: ClusterReader, policy: Policy, evidence: Evidence): Promise<Tallies> {
  const tallies: Tallies = { Endpoints: emptyTally(), EndpointSlice: emptyTally() };
  for (const { kind, group, apiVersion, resource } of allKinds) {
    const api = group === '' ? core : `/apis/${apiVersion}`;
    await cluster.read({ api, plural: resource, namespaced: true }, (item) =>
      addObject(tallies[kind], kind, item, policy, evidence),
    );
  }
  return tallies;
}

/** The roles that grant relevant rights, and who is bound to them. */
export async function readAccess(cluster: ClusterReader): Promise<{ roles: Roles; holders: Holders }> {
  const roles: Roles = new Map();
  const holders: Holders = new Map();
  for (const kind of ['ClusterRole', 'Role'] as const)
    await cluster.read(lists[kind], (role) => addRole(roles, kind, role));
  for (const kind of ['ClusterRoleBinding', 'RoleBinding'] as const)
    await cluster.read(lists[kind], (binding) => addBinding(holders, kind, binding, roles));
  return { roles, holders };
}
