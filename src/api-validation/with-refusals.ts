import { type Path, pathText } from '../endpoints/field-path.ts';
import type { Violation } from '../review/judge.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { Refusal } from './report.ts';

/** A violation, and whether it is the key that is wrong, not its value. */
type LocatedViolation = Violation & { readonly ofKey?: boolean };

/**
 * The violations of an object's rules with what an API server refuses, each thing said once. What our rules deny is left to them, what
 * they only warn of is not. Where a field is missing because its key is misspelt, only the key is told.
 */
export function withRefusals(
  violations: readonly Violation[],
  refusals: readonly Refusal[],
): readonly LocatedViolation[] {
  if (refusals.length === 0) return violations;
  const misspelt = new Set(
    refusals.flatMap(({ path, meant }) => (meant ? [pathText([...path.slice(0, -1), meant])] : [])),
  );
  const told = violations.filter(({ finding: { path } }) => !isWithin(path, misspelt));
  const denied = new Set(
    told.flatMap(({ enforcement, finding }) => (enforcement === 'deny' ? [pathText(finding.path)] : [])),
  );
  const unreadable = new Set(
    told.flatMap(({ rule, finding }) => (rule === wellFormed ? [pathText(finding.path)] : [])),
  );
  const added = refusals.filter(
    ({ path }) => !denied.has(pathText(path)) && !isWithin(path, unreadable) && !isWithin(path, misspelt),
  );
  const refused = new Set(added.map(({ path }) => pathText(path)));
  return [
    ...told.filter(({ enforcement, finding }) => enforcement === 'deny' || !refused.has(pathText(finding.path))),
    ...added.map((finding) => ({
      rule: wellFormed,
      enforcement: 'deny' as const,
      finding,
      ofKey: finding.ofKey === true,
    })),
  ];
}

/** Whether one of these paths is this one, or leads to it. */
function isWithin(path: Path, paths: ReadonlySet<string>): boolean {
  return paths.size > 0 && [...path.keys(), path.length].some((length) => paths.has(pathText(path.slice(0, length))));
}
