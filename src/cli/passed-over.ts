import { clusterRules } from '../policy/cluster-needs.ts';
import type { Policy } from '../policy/policy.ts';

/** Which rules of a policy are passed over, since they have to know a cluster; `undefined` where none is. */
export function passedOver(policy: Policy): string | undefined {
  const ids = clusterRules(policy).map(({ id }) => id);
  return ids.length === 0 ? undefined : `not judged without a cluster: ${ids.join(', ')}`;
}
