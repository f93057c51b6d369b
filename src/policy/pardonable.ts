import { rules } from '../rules/index.ts';
import type { Policy } from './policy.ts';

/** Whether anything could be denied under this policy that RBAC may pardon: only then a cluster is ever asked. */
export function mayPardon({ mode, checks, settings }: Policy): boolean {
  if (mode !== 'enforce') return false;
  const everywhere = checks.some(({ rule, enforcement }) => enforcement === 'deny' && rule.pardonable);
  const pardonable = rules.filter((rule) => rule.pardonable);
  return (
    everywhere ||
    settings.namespaces.some((entry) => pardonable.some(({ id }) => entry.rules[id]?.enforcement === 'deny'))
  );
}
