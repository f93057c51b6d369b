import { expect, inject } from 'vitest';
import { kinds as definitions } from '../../../src/kinds/index.ts';
import { api } from './api.ts';
import { freshName, path, runLabel, tenant } from './names.ts';

/** A namespace that nobody has used, in which the tenant may write Endpoints, EndpointSlices and Services. */
export async function freshNamespace(what: string, podSecurity = 'restricted'): Promise<string> {
  const name = freshName(`e2e-${inject('run')}-${what}`);
  await createNamespace(name, podSecurity);
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete'];
  const rules = Object.values(definitions).map(({ group, resource }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs,
  }));
  const role = await api().post(path(name, 'roles', undefined, `${rbac.apiGroup}/v1`), {
    metadata: { name: 'tenant' },
    rules,
  });
  expect(role.status, role.text).toBe(201);
  const binding = await api().post(path(name, 'rolebindings', undefined, `${rbac.apiGroup}/v1`), {
    metadata: { name: 'tenant' },
    roleRef: { ...rbac, kind: 'Role', name: 'tenant' },
    subjects: [{ ...rbac, kind: 'Group', name: tenant.groups?.[0] }],
  });
  expect(binding.status, binding.text).toBe(201);
  return name;
}

export async function createNamespace(name: string, podSecurity: string): Promise<void> {
  const labels = { [runLabel]: inject('run'), 'pod-security.kubernetes.io/enforce': podSecurity };
  const { status, text } = await api().post('/api/v1/namespaces', { metadata: { name, labels } });
  expect([201, 409], text).toContain(status);
}
