import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Check, RuleSettings, Settings } from './check.ts';
import type { NamespaceSettings } from './namespaces.ts';

/** The part of a policy that decides it. */
interface Denials {
  readonly mode: 'enforce' | 'audit';
  readonly checks: readonly Check[];
  readonly settings: { readonly rules: RuleSettings; readonly namespaces: readonly NamespaceSettings[] };
}

/** Whether RBAC could exempt anybody from what a policy denies. Only then is a cluster asked. */
export function mayExemptByRbac(policy: Denials): boolean {
  if (policy.mode !== 'enforce') return false;
  const checked = [...policy.checks.map(({ rule }) => rule), ...rules];
  return checked.some((rule) => rule.exemptibleByRbac && mayDeny(policy, rule));
}

/** Entries of `namespaces` combine: one may say `deny`, and another what is forbidden. The chart decides alike (test/chart/decisions.ts). */
function mayDeny({ checks, settings }: Denials, { id, needs }: Rule): boolean {
  const entries = settings.namespaces.map(({ rules: { [id]: own = {} } }) => own);
  const denies = checks.some(({ rule, enforcement }) => rule.id === id && enforcement === 'deny');
  if (!denies && !entries.some(({ enforcement }) => enforcement === 'deny')) return false;
  return needs !== undefined || forbidsSomething([settings.rules[id] ?? {}, ...entries]);
}

/** Some rules forbid what these lists name. One that takes none of them, or has to know the cluster, forbids by itself. */
function forbidsSomething(settings: readonly Settings[]): boolean {
  const lists = settings.flatMap(({ networks, ports, presets }) => [networks, ports, presets]).filter(Array.isArray);
  return lists.length === 0 || lists.some((list) => list.length > 0);
}
