import type { Exemption, Policy } from './policy.ts';

/** Who asks, as the API server has authenticated them. */
export interface Requester {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Whether this rule does not bind this requester in this namespace. */
export function isExempt(policy: Policy, rule: string, { user, groups }: Requester, namespace: string): boolean {
  if (rule === 'well-formed') return false;
  return policy.exempt.some(
    (exemption) =>
      (exemption.rules?.includes(rule) ?? true) &&
      some(exemption, 'users', [user]) &&
      some(exemption, 'groups', groups) &&
      some(exemption, 'namespaces', [namespace]),
  );
}

/** The Service by which pods reach API servers, and the group whose members keep it where `system:apiserver` does not. */
export const kubernetesService = { namespace: 'default', name: 'kubernetes', group: 'system:masters' } as const;

/** Whether an object leads to the API servers, and comes from who keeps it: no policy binds there, or a cluster could not go on. */
export function keepsKubernetesService({ groups }: Requester, namespace: string, name: unknown): boolean {
  const { namespace: home, name: own, group } = kubernetesService;
  return namespace === home && name === own && groups.includes(group);
}

function some(exemption: Exemption, list: 'users' | 'groups' | 'namespaces', texts: readonly string[]): boolean {
  return exemption[list]?.some((pattern) => texts.some((text) => matchesPattern(pattern, text))) ?? true;
}

/** `*` matches any run of characters, everything else itself. Linear for one `*`, at worst the product of the lengths. */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
