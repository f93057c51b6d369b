import type { Path } from '../endpoints/field-path.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { valueAt } from '../json/value-at.ts';
import type { Policy } from '../policy/policy.ts';
import type { Violation } from '../review/judge.ts';
import { review } from '../review/review.ts';
import { forbiddenNetwork } from '../rules/forbidden-network.ts';
import { forbiddenPort } from '../rules/forbidden-port.ts';
import { type Found, Gathering, type Subject, type Targets } from './found.ts';
import { areOwnPods, keyOf, type Pods } from './pods.ts';

/** What came of judging one object that exists. */
export interface Stored {
  readonly found: readonly Found[];
  /** Violations that are none, since the addresses are of the namespace's own pods. */
  readonly own: number;
  /** Whether the policy's exemptions for the namespace RBAC exemption everything. */
  readonly exempt: boolean;
}

/** Nobody asks: only exemptions for namespaces can apply. */
const nobody = { user: '', groups: [] };

/**
 * Judges an object as an update that changed it, so that what is demanded of creation only is not asked of what exists. The addresses
 * of the namespace's own live pods are no targets that a network or a port could forbid: they are what Services are for.
 */
export function judgeStored(policy: Policy, subject: Subject, object: unknown, pods: Pods): Stored {
  const { kind, namespace } = subject;
  const verdict = review(policy, { kind, operation: 'UPDATE', namespace, requester: nobody, object });
  if (verdict.violations.length === 0 || verdict.exemption)
    return { found: [], own: 0, exempt: verdict.exemption === 'exempt' };
  const targetsOf = targetFinder(object);
  const found = new Map<string, { violation: Violation; places: Gathering }>();
  let own = 0;
  for (const violation of verdict.violations) {
    const { rule, finding } = violation;
    const targets = targetsOf(rule.id, finding.path);
    if (targets && targets.length > 0 && areOwnPods(pods, namespace, targets, rule.id === forbiddenPort.id)) {
      own++;
      continue;
    }
    const entry = found.get(rule.id) ?? { violation, places: new Gathering() };
    found.set(rule.id, entry);
    entry.places.add(targets, () => finding);
  }
  const all = [...found.values()].map(({ violation: { rule, enforcement }, places: { items, rest, count } }) => ({
    ...{ subject, rule, enforcement, items, rest, count },
  }));
  return { found: all, own, exempt: false };
}

/** Which addresses a violation is about: one, or all that share a port. `undefined` for rules that are not about where traffic goes. */
function targetFinder(object: unknown): (rule: string, path: Path) => Targets | undefined {
  const groups = new Map<unknown, Targets>();
  return (rule, path) => {
    if (rule === forbiddenNetwork.id) return [keyOf(valueAt(object, path))];
    if (rule !== forbiddenPort.id) return undefined;
    const group = path[0] === 'subsets' ? valueAt(object, path.slice(0, 2)) : object;
    const known = groups.get(group) ?? targetsOfGroup(group);
    groups.set(group, known);
    return known;
  };
}

function targetsOfGroup(group: unknown): Targets {
  const { addresses, notReadyAddresses, endpoints } = fieldsOf(group);
  const ips = [...listOf(addresses), ...listOf(notReadyAddresses)].map((item) => keyOf(fieldsOf(item).ip));
  return [...ips, ...listOf(endpoints).flatMap((item) => listOf(fieldsOf(item).addresses).map(keyOf))];
}
