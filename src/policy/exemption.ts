import { matchesPattern } from '../rules/pattern.ts';
import type { Documentation } from '../rules/rule.ts';

/** Who is exempt from which rules. `*` matches any run of characters; all lists that are given must match. No `rules`: all but well-formed. */
export interface Exemption {
  readonly users?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly rules?: readonly Documentation['id'][] | undefined;
}

/** The user of a request, as the API server has authenticated them. */
export interface Requester {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Whether one of the exemptions frees this requester from this rule in this namespace. */
export function isExempt(
  exemptions: readonly Exemption[],
  rule: string,
  { user, groups }: Requester,
  namespace: string,
): boolean {
  if (rule === 'well-formed') return false;
  return exemptions.some(
    (exemption) =>
      (exemption.rules?.includes(rule) ?? true) &&
      matchesSome(exemption, 'users', [user]) &&
      matchesSome(exemption, 'groups', groups) &&
      matchesSome(exemption, 'namespaces', [namespace]),
  );
}

/** A subresource that nobody would name: whoever may create it has been granted everything. RBAC takes any name. */
export const unnamedSubresource = 'nobody-grants-this.endpoints-webhook.io';

/**
 * The Service by which pods reach the API servers, and who maintains it where `system:apiserver` does not: in HyperShift a user that is
 * no member of `system:masters`. docs/default-kubernetes.md says who it is on which distribution.
 */
export const kubernetesService = {
  namespace: 'default',
  name: 'kubernetes',
  group: 'system:masters',
  user: 'system:hosted-cluster-config',
} as const;

/** Whether it is the object of the API servers, written by one of these. No policy judges it: without it a cluster stops. */
export function keepsKubernetesService(requester: Requester, namespace: string, name: unknown): boolean {
  const { namespace: home, name: own, group, user } = kubernetesService;
  return namespace === home && name === own && (requester.groups.includes(group) || requester.user === user);
}

function matchesSome(exemption: Exemption, list: 'users' | 'groups' | 'namespaces', texts: readonly string[]): boolean {
  return exemption[list]?.some((pattern) => texts.some((text) => matchesPattern(pattern, text))) ?? true;
}
