import { addBinding, type Holders } from '../audit/access.ts';
import { addRole, type Roles } from '../audit/roles.ts';
import { addObject, type Evidence, emptyTally, type Tallies } from '../audit/tally.ts';
import { allKinds } from '../kinds/index.ts';
import type { Policy } from '../policy/policy.ts';
import type { ClusterReader, ListedKind } from './cluster-reader.ts';

const core = '/api/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

const lists = {
  Role: { api: rbac, plural: 'roles', namespaced: true },
  ClusterRole: { api: rbac, plural: 'clusterroles' },
  RoleBinding: { api: rbac, plural: 'rolebindings', namespaced: true },
  ClusterRoleBinding: { api: rbac, plural: 'clusterrolebindings' },
} satisfies Record<string, ListedKind>;

export async function readObjects(cluster: ClusterReader, policy: Policy, evidence: Evidence): Promise<Tallies> {
  const tallies: Tallies = { Endpoints: emptyTally(), EndpointSlice: emptyTally(), Service: emptyTally() };
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
