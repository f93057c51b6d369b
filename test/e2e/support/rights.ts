import { expect } from 'vitest';
import { type As, api } from './api.ts';
import { freshName, keeper, keepers, path } from './names.ts';

const group = 'rbac.authorization.k8s.io';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const write = ['get', 'list', 'create', 'update', 'patch', 'delete'];

/** Plain write on Endpoints, EndpointSlices, Services and what pods need, and no right that exempts. */
export const plainWrite: readonly Rule[] = [
  { apiGroups: [''], resources: ['endpoints', 'services'], verbs: write },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: write },
];

/** The right that exempts, or one that looks like it. */
export function restricted(resource: 'endpoints' | 'endpointslices', rule: Partial<Rule> = {}): readonly Rule[] {
  const apiGroups = [resource === 'endpoints' ? '' : 'discovery.k8s.io'];
  return [{ apiGroups, resources: [`${resource}/restricted`], verbs: ['create'], ...rule }];
}

/** Makes a Role and binds it to a user; the result takes the binding away. */
export async function grant(namespace: string, { user }: As, rules: readonly Rule[]): Promise<() => Promise<void>> {
  const name = freshName('granted');
  const roles = path(namespace, 'roles', undefined, `${group}/v1`);
  const { status, text } = await api().post(roles, { metadata: { name }, rules });
  expect(status, text).toBe(201);
  return bind(namespace, user, { kind: 'Role', name });
}

/** Binds a role to a user in a namespace; the result takes the binding away. */
export async function bind(
  namespace: string,
  user: string,
  role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
): Promise<() => Promise<void>> {
  const name = freshName('bound');
  const bindings = path(namespace, 'rolebindings', undefined, `${group}/v1`);
  const [, , owner, account] = user.split(':');
  const subject = user.startsWith('system:serviceaccount:')
    ? { kind: 'ServiceAccount', namespace: owner, name: account }
    : { apiGroup: group, kind: 'User', name: user };
  const body = { metadata: { name }, roleRef: { apiGroup: group, ...role }, subjects: [subject] };
  const { status, text } = await api().post(bindings, body);
  expect(status, text).toBe(201);
  return async () => {
    await api().delete(path(namespace, 'rolebindings', name, `${group}/v1`));
  };
}

/** A user of whom nobody has heard, with plain write in a namespace. */
export async function freshTenant(namespace: string): Promise<As> {
  const as = { user: freshName('tenant') };
  await grant(namespace, as, plainWrite);
  return as;
}

/** Until what comes back is called: what an administrator of `default` could do is not exempt, since the objects tried break more. */
export async function letKeeperWrite(): Promise<() => Promise<void>> {
  const bound = [keeper, ...keepers].map(({ user }) =>
    bind('default', user, { kind: 'ClusterRole', name: 'cluster-admin' }),
  );
  const unbind = await Promise.all(bound);
  return async () => {
    for (const one of unbind) await one();
  };
}
