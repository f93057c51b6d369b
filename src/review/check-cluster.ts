import type { Finding } from '../endpoints/finding.ts';
import type { View } from '../endpoints/view.ts';
import type { Check } from '../policy/check.ts';
import type { CheckContext } from '../rules/rule.ts';

/** What a rule finds that has to know the cluster: where that is not known, that it is not. Nothing has to be known of no addresses. */
export function* checkCluster({ rule, prepared }: Check, view: View, context: CheckContext): Iterable<Finding> {
  const { cluster } = context;
  if (!cluster || !view.subsets.some(({ addresses }) => addresses.length > 0)) return;
  for (const resource of rule.needs ?? []) {
    const reason = cluster.unknown(resource);
    if (reason === undefined) continue;
    yield { path: listPath(view), message: `cannot be judged: ${reason}`, remedy: 'try again', isUnknown: true };
    return;
  }
  for (const finding of rule.check(view, prepared, context))
    yield finding.holderOf && cluster.unconfirmed !== undefined ? unconfirmed(finding, cluster.unconfirmed) : finding;
}

/** The list of the object in which its addresses are. */
function listPath({ subsets }: View): Finding['path'] {
  for (const { addresses } of subsets) {
    const first = addresses.at(0);
    if (first) return first.path.steps.slice(0, 1);
  }
  return [];
}

function unconfirmed(finding: Finding, reason: string): Finding {
  return { ...finding, message: `${finding.message} (could not ask whether that is still so: ${reason})` };
}
