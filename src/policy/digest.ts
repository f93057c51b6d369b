import { createHash } from 'node:crypto';

/**
 * SHA-256 in hex of what a policy says, with every default written: equal however files are written, and into how many it is divided. The
 * chart computes it from its values, too (templates/_policy.tpl); test/chart/decisions.ts compares both.
 */
export function digestOf(source: object): string {
  return createHash('sha256').update(JSON.stringify(source, sortKeys)).digest('hex');
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
