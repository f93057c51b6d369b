import { addressKey } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import { type Path, pathText } from '../endpoints/field-path.ts';
import type { Finding } from '../endpoints/finding.ts';
import type { Subset, View } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { valueAt } from '../json/value-at.ts';
import type { Policy } from '../policy/policy.ts';
import type { Violation } from '../review/judge.ts';
import { lazy } from '../review/lazy.ts';
import { review } from '../review/review.ts';
import { forbiddenNetwork } from '../rules/forbidden-network.ts';
import { forbiddenPort } from '../rules/forbidden-port.ts';
import { nodeAddress } from '../rules/node-address.ts';
import { type Found, Gathering, writtenValue } from './found.ts';
import { isApiServers, isControlled, type Subject } from './subject.ts';
import { areOwnPods, keyOf, keyOfAddress, type Targets } from './targets.ts';

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
 * live pods violate no forbidden network or port: they are what Services are for. What cannot be judged is no finding: it is what the
 * audit does not know, not what is wrong with an object.
 */
export function judgeStored(
  policy: Policy,
  subject: Subject,
  object: unknown,
  view: () => View,
  cluster: ClusterState,
): StoredFindings {
  const { kind, namespace } = subject;
  const asked = { kind, operation: 'UPDATE', namespace, requester: nobody, object } as const;
  const verdict = review(policy, asked, () => cluster);
  const violations = verdict.violations.filter(({ finding }) => !finding.isUnknown);
  if (violations.length === 0 || verdict.exemption)
    return { found: [], own: 0, exempt: violations.length > 0 && verdict.exemption === 'exempt' };
  const targetsOf = targetFinder(subject, object, view);
  const found = new Map<string, { violation: Violation; gathering: Gathering }>();
  let own = 0;
  for (const violation of violations) {
    const { rule, finding } = violation;
    const targets = targetsOf(rule.id, finding);
    if (mayBeOwn(finding, targets) && areOwnPods(cluster, namespace, targets, rule.id === forbiddenPort.id)) {
      own++;
      continue;
    }
    const entry = found.get(rule.id) ?? { violation, gathering: new Gathering() };
    found.set(rule.id, entry);
    entry.gathering.add(targets, () => ({ finding, ...writtenValue(valueAt(object, finding.path)) }));
  }
  const all = [...found.values()].map(({ violation: { rule, enforcement }, gathering: { items, rest, count } }) => ({
    ...{ subject, rule, enforcement, items, rest, count },
  }));
  return { found: all, own, exempt: false };
}

/** A rule about who has an address has asked that itself. */
function mayBeOwn({ holderOf }: Finding, targets: Targets | undefined): targets is Targets {
  return !holderOf && targets !== undefined && targets.length > 0;
}

/**
 * Which addresses a violation is about: one, or all that share a port. `undefined` where no pod could explain it. A node's address is
 * that of pods in its network, too: it may be listed by whoever keeps the object up to date, as they select them.
 */
function targetFinder(
  subject: Subject,
  object: unknown,
  view: () => View,
): (rule: string, finding: Finding) => Targets | undefined {
  const bySubset = lazy(() => targetsBySubset(view()));
  const isKept = isApiServers(subject) || isControlled(subject, fieldsOf(fieldsOf(object).metadata));
  return (rule, { path, holderOf }) => {
    if (holderOf) return [addressKey(holderOf)];
    if (rule === forbiddenNetwork.id || (rule === nodeAddress.id && isKept)) return [keyOf(valueAt(object, path))];
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
