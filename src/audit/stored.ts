import { type Path, pathText } from '../endpoints/field-path.ts';
import type { Subset, View } from '../endpoints/view.ts';
import { valueAt } from '../json/value-at.ts';
import type { Policy } from '../policy/policy.ts';
import type { Violation } from '../review/judge.ts';
import { lazy } from '../review/lazy.ts';
import { review } from '../review/review.ts';
import { forbiddenNetwork } from '../rules/forbidden-network.ts';
import { forbiddenPort } from '../rules/forbidden-port.ts';
import { type Found, Gathering, type Subject, type Targets } from './found.ts';
import { areOwnPods, keyOf, keyOfAddress, type Pods } from './pods.ts';

/** The result for one object that exists. */
export interface StoredFindings {
  readonly found: readonly Found[];
  /** The number of violations that are suppressed, because the addresses are those of the namespace's own pods. */
  readonly own: number;
  /** Whether the policy's exemptions for the namespace cover everything. */
  readonly exempt: boolean;
}

/** An audit has no requester: only exemptions for namespaces can apply. */
const nobody = { user: '', groups: [] };

/**
 * Judges an object as an UPDATE that changes it: rules for creation only do not apply to what exists. Addresses of the namespace's own
 * live pods violate no forbidden network or port: they are what Services are for.
 */
export function judgeStored(
  policy: Policy,
  subject: Subject,
  object: unknown,
  view: () => View,
  pods: Pods,
): StoredFindings {
  const { kind, namespace } = subject;
  const verdict = review(policy, { kind, operation: 'UPDATE', namespace, requester: nobody, object });
  if (verdict.violations.length === 0 || verdict.exemption)
    return { found: [], own: 0, exempt: verdict.exemption === 'exempt' };
  const targetsOf = targetFinder(object, view);
  const found = new Map<string, { violation: Violation; gathering: Gathering }>();
  let own = 0;
  for (const violation of verdict.violations) {
    const { rule, finding } = violation;
    const targets = targetsOf(rule.id, finding.path);
    if (targets && targets.length > 0 && areOwnPods(pods, namespace, targets, rule.id === forbiddenPort.id)) {
      own++;
      continue;
    }
    const entry = found.get(rule.id) ?? { violation, gathering: new Gathering() };
    found.set(rule.id, entry);
    entry.gathering.add(targets, () => finding);
  }
  const all = [...found.values()].map(({ violation: { rule, enforcement }, gathering: { items, rest, count } }) => ({
    ...{ subject, rule, enforcement, items, rest, count },
  }));
  return { found: all, own, exempt: false };
}

/** Which addresses a violation is about: one, or all that share a port. `undefined` for rules that are not about where traffic goes. */
function targetFinder(object: unknown, view: () => View): (rule: string, path: Path) => Targets | undefined {
  const bySubset = lazy(() => targetsBySubset(view()));
  return (rule, path) => {
    if (rule === forbiddenNetwork.id) return [keyOf(valueAt(object, path))];
    return rule === forbiddenPort.id ? bySubset()(path) : undefined;
  };
}

/** The addresses of the subset that a path leads into. All subsets of an object are equally deep. */
function targetsBySubset({ subsets }: View): (path: Path) => Targets {
  const depth = subsets.at(0)?.path.steps.length ?? 0;
  const keys = (subset: Subset) => lazy(() => subset.addresses.map(keyOfAddress));
  const targets = new Map(subsets.map((subset) => [pathText(subset.path.steps), keys(subset)]));
  return (path) => targets.get(pathText(path.slice(0, depth)))?.() ?? [];
}
