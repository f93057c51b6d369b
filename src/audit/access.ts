import { fieldsOf, listOf } from '../json/fields.ts';
import type { Wildcards } from '../policy/policy.ts';
import { isRestricted, type Right } from './rights.ts';
import { type GrantingRole, type RoleKind, type Roles, roleKey, selectorText, selects } from './roles.ts';

/** Who a binding names. */
export interface Holder {
  readonly kind: string;
  readonly name: string;
  /** Of a service account. */
  readonly namespace: string | undefined;
  /** `system`: a part of the cluster itself; `everyone`: a group that everybody is in; `other`: people, teams, applications. */
  readonly who: 'system' | 'everyone' | 'other';
  /** `RoleBinding web` or `ClusterRoleBinding web`. */
  readonly binding: string;
  /** The namespace in which the binding grants; `undefined` for all of them. */
  readonly scope: string | undefined;
  /** Which `restricted` subresources are theirs by `*` alone, where the policy does not count that. */
  readonly uncounted?: readonly string[];
}

/** A role that grants something, and everybody who has it. */
export interface Grant {
  readonly kind: RoleKind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly writes: readonly Right[];
  readonly restricted: readonly Right[];
  /** Of a role that a controller fills: which labels bring a role's rules in, and which of those that grant have them. */
  readonly aggregates: readonly { readonly labels: string; readonly from: readonly string[] }[];
  readonly holders: readonly Holder[];
}

/** Who is bound to the roles, by `roleKey`. */
export type Holders = Map<string, Holder[]>;

/** Takes a RoleBinding or ClusterRoleBinding in as the API server lists it; those of other roles are forgotten. */
export function addBinding(holders: Holders, kind: 'RoleBinding' | 'ClusterRoleBinding', item: unknown, roles: Roles) {
  const { metadata, roleRef, subjects } = fieldsOf(item);
  const { name, namespace } = fieldsOf(metadata);
  const scope = kind === 'RoleBinding' ? String(namespace) : undefined;
  const role = fieldsOf(roleRef);
  const key = roleKey(String(role.kind), scope, String(role.name));
  if (!roles.has(key)) return;
  const bound = holders.get(key) ?? [];
  holders.set(key, bound);
  for (const subject of listOf(subjects)) bound.push({ ...holderOf(subject), binding: `${kind} ${name}`, scope });
}

const serviceAccountUser = /^system:serviceaccount:([^:]+):(.+)$/;

function holderOf(subject: unknown): Omit<Holder, 'binding' | 'scope'> {
  const { kind, name, namespace } = fieldsOf(subject);
  const account = kind === 'User' ? serviceAccountUser.exec(String(name)) : null;
  const holder = account
    ? { kind: 'ServiceAccount', name: String(account[2]), namespace: account[1] }
    : { kind: String(kind), name: String(name), namespace: kind === 'ServiceAccount' ? String(namespace) : undefined };
  return { ...holder, who: whoIs(holder) };
}

const systemUsers: readonly string[] = [
  'system:apiserver',
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:kube-proxy',
];
const systemGroups: readonly string[] = ['system:masters', 'system:serviceaccounts:kube-system'];
const everyone: readonly string[] = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'];

function whoIs({ kind, name, namespace }: Pick<Holder, 'kind' | 'name' | 'namespace'>): Holder['who'] {
  if (kind === 'ServiceAccount') return namespace === 'kube-system' ? 'system' : 'other';
  if (kind === 'Group') return systemGroups.includes(name) ? 'system' : everyone.includes(name) ? 'everyone' : 'other';
  if (kind === 'User' && name === 'system:anonymous') return 'everyone';
  return kind === 'User' && systemUsers.includes(name) ? 'system' : 'other';
}

/** What every granting role grants, and to whom. Roles that people hold come first; roles that are bound to nobody are listed, too. */
export function grantsOf(roles: Roles, holders: Holders, wildcards: Wildcards): readonly Grant[] {
  const clusterRoles = [...roles.values()].filter(({ kind }) => kind === 'ClusterRole');
  const grants = [...roles].map(([key, role]) => ({
    kind: role.kind,
    namespace: role.namespace,
    name: role.name,
    writes: role.rights.filter((right) => !isRestricted(right)),
    restricted: role.rights.filter(isRestricted),
    aggregates: role.selectors.map((selector) => ({
      labels: selectorText(selector),
      from: clusterRoles.filter((other) => isSource(other, role, selector)).map(({ name }) => name),
    })),
    holders: (holders.get(key) ?? [])
      .map((holder) => withUncounted(holder, role.rights, wildcards))
      .sort((one, other) => rank(one) - rank(other)),
  }));
  return grants.sort((one, other) => foremost(one) - foremost(other));
}

/** The webhook decides alike, by asking (src/server/wildcards.ts). */
function withUncounted(holder: Holder, rights: readonly Right[], wildcards: Wildcards): Holder {
  const counts = ({ wildcard, names }: Right) =>
    !wildcard || wildcards === 'count' || (wildcards === 'cluster' && holder.scope === undefined && names.length === 0);
  const uncounted = rights.filter((right) => isRestricted(right) && !counts(right)).map(({ resource }) => resource);
  return uncounted.length === 0 ? holder : { ...holder, uncounted: [...new Set(uncounted)] };
}

/** People before parts of the cluster. */
function rank({ who }: Holder): number {
  return ['everyone', 'other', 'system'].indexOf(who);
}

/** Roles that are bound to nobody come before those that only parts of the cluster hold. */
function foremost({ holders: [first] }: Grant): number {
  return first ? rank(first) : 1.5;
}

function isSource(other: GrantingRole, role: GrantingRole, selector: unknown): boolean {
  return other !== role && selects(selector, other.labels);
}

/** That a holder is not exempt after all. */
export function uncountedText({ uncounted = [] }: Holder): string {
  return uncounted.length === 0
    ? ''
    : `, not exempt: by * alone, which the policy does not count (${uncounted.join(', ')})`;
}
