import type { Found } from './found.ts';

/** How much of what an audit has found is in a few numbers. `serve` reads it (src/serve/audit-summary.ts). */
export interface AuditSummary {
  /** When the audit began, in seconds since 1970. */
  readonly time: number;
  readonly objects: Readonly<Record<string, number>>;
  /** One for each object and rule. */
  readonly findings: readonly { readonly rule: string; readonly enforcement: string; readonly count: number }[];
  readonly namespaces: number;
}

export function summarizeFound(found: readonly Found[], objects: AuditSummary['objects'], began: Date): AuditSummary {
  const sums = new Map<string, { rule: string; enforcement: string; count: number }>();
  for (const { rule, enforcement } of found) {
    const key = `${rule.id} ${enforcement}`;
    const sum = sums.get(key) ?? { rule: rule.id, enforcement, count: 0 };
    sum.count++;
    sums.set(key, sum);
  }
  return {
    time: Math.floor(began.getTime() / 1000),
    objects,
    findings: [...sums.keys()].sort().flatMap((key) => sums.get(key) ?? []),
    namespaces: new Set(found.map(({ subject }) => subject.namespace)).size,
  };
}
