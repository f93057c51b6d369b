import { inject } from 'vitest';
import { coverageOf } from '../../../src/admission-policy/coverage.ts';
import type { Kind } from '../../../src/endpoints/view.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { judge } from '../../../src/review/judge.ts';
import { rules } from '../../../src/rules/index.ts';
import { wellFormed } from '../../../src/rules/well-formed.ts';

/** The version of the cluster that the suite runs in. */
export const kubernetes = inject('kubernetes');

/** The rules whose CEL this minor does not know, and the first that does. */
export const unsayable: ReadonlyMap<string, number> = new Map(
  [wellFormed, ...rules].flatMap((rule) => {
    const coverages = rule.kinds.map((kind) => coverageOf(rule, kind));
    const since = Math.max(...coverages.map((covered) => ('since' in covered ? covered.since : 0)));
    return since > kubernetes.cel ? [[rule.id, since] as const] : [];
  }),
);

/** Why nothing is said of what only these rules refuse; `undefined` where this minor can say one of them, or there are none. */
export function reasonOf(denies: readonly string[]): string | undefined {
  const since = denies.flatMap((id) => unsayable.get(id) ?? []);
  if (denies.length === 0 || since.length < denies.length) return undefined;
  return `${denies.join(', ')}: the ValidatingAdmissionPolicy needs Kubernetes 1.${Math.min(...since)}`;
}

/** The same of an object, under the default policy. */
export function reasonOfObject(kind: Kind, object: unknown): string | undefined {
  const { violations } = judge(defaultPolicy(), { kind, operation: 'CREATE', namespace: 'default', object });
  const denies = violations.filter(({ enforcement }) => enforcement === 'deny').map(({ rule }) => rule.id);
  return reasonOf([...new Set(denies)].sort());
}
