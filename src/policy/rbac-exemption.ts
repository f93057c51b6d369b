import { rules } from '../rules/index.ts';
import type { Policy } from './policy.ts';

/** Whether anything could be denied under this policy that RBAC may RBAC exemption: only then a cluster is ever asked. */
export function mayExemptByRbac({ mode, checks, settings }: Policy): boolean {
  if (mode !== 'enforce') return false;
  const everywhere = checks.some(({ rule, enforcement }) => enforcement === 'deny' && rule.exemptibleByRbac);
  const exemptibleByRbac = rules.filter((rule) => rule.exemptibleByRbac);
  return (
    everywhere ||
    settings.namespaces.some((entry) => exemptibleByRbac.some(({ id }) => entry.rules[id]?.enforcement === 'deny'))
  );
}
