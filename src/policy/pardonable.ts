import type { Policy } from './policy.ts';

/** Whether anything could be denied under this policy that RBAC may pardon: only then a cluster is ever asked. */
export function mayPardon({ mode, checks }: Policy): boolean {
  return mode === 'enforce' && checks.some(({ rule, enforcement }) => enforcement === 'deny' && rule.pardonable);
}
