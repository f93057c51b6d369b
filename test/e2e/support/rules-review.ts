import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { api } from './api.ts';
import { freshName } from './names.ts';

/** A right as RBAC has it, in one text that is the same however its lists are ordered. */
export type Right = string;

/** What a ServiceAccount may do in a namespace that any other of its namespace may not, as the API server says. */
export async function rightsOf(account: string, namespace: string): Promise<readonly Right[]> {
  const nobody = account.replace(/[^:]+$/, freshName('nobody'));
  const common = new Set(await review(nobody, namespace));
  const own = (await review(account, namespace)).filter((right) => !common.has(right));
  return [...new Set(own)].sort();
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

async function review(account: string, namespace: string): Promise<readonly Right[]> {
  const [, , home] = account.split(':');
  const as = {
    user: account,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'],
  };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const answer = await api().post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body, { as });
  expect(answer.status, answer.text).toBe(201);
  const { status } = answer.body as { status?: { resourceRules?: readonly Rule[] } };
  return (status?.resourceRules ?? []).flatMap(rightsIn);
}

function rightsIn({ verbs, apiGroups = [], resources = [], resourceNames = [''] }: Rule): readonly Right[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${resource} ${name}`.trim())),
    ),
  );
}

interface RoleLike {
  readonly kind?: string;
  readonly metadata?: { readonly name: string; readonly namespace?: string };
  readonly roleRef?: { readonly name: string };
  readonly rules?: readonly Rule[];
}

/** What the manifest of a release binds in a namespace: its ClusterRoles with a ClusterRoleBinding, and the Roles there. */
export function rightsPrinted(manifest: string, namespace: string): readonly Right[] {
  const objects: readonly RoleLike[] = parseAllDocuments(manifest).flatMap((document) => document.toJS() ?? []);
  const bound = objects.flatMap(({ kind, roleRef }) => (kind === 'ClusterRoleBinding' ? (roleRef?.name ?? []) : []));
  const counts = ({ kind, metadata }: RoleLike) =>
    kind === 'ClusterRole'
      ? bound.includes(metadata?.name ?? '')
      : kind === 'Role' && metadata?.namespace === namespace;
  return [...new Set(objects.filter(counts).flatMap(({ rules = [] }) => rules.flatMap(rightsIn)))].sort();
}
