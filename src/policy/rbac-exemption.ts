import { rules } from '../rules/index.ts';
import type { Check } from './check.ts';
import type { NamespaceSettings } from './namespaces.ts';

/** The part of a policy that decides it. */
interface Denials {
  readonly mode: 'enforce' | 'audit';
  readonly checks: readonly Check[];
  readonly settings: { readonly namespaces: readonly NamespaceSettings[] };
}

/** Whether a policy denies anything from which RBAC can exempt. Only then is a cluster asked. */
export function mayExemptByRbac({ mode, checks, settings }: Denials): boolean {
  if (mode !== 'enforce') return false;
  const everywhere = checks.some(({ rule, enforcement }) => enforcement === 'deny' && rule.exemptibleByRbac);
  const exemptibleByRbac = rules.filter((rule) => rule.exemptibleByRbac);
  return (
    everywhere ||
    settings.namespaces.some((entry) => exemptibleByRbac.some(({ id }) => entry.rules[id]?.enforcement === 'deny'))
  );
}
