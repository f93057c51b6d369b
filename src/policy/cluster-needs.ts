import type { ClusterResource } from '../endpoints/cluster-state.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { isOn } from './is-on.ts';
import type { Policy } from './policy.ts';

/** What has to be known of the cluster, for the rules that are on. Nothing else is followed, and needs a right. */
export function clusterNeeds(policy: Pick<Policy, 'settings'>): ReadonlySet<ClusterResource> {
  return new Set(clusterRules(policy).flatMap(({ needs = [] }) => needs));
}

/** The rules that have to know the cluster and are on, at least in some namespaces. */
export function clusterRules(policy: Pick<Policy, 'settings'>): readonly Rule[] {
  return rules.filter(({ id, needs }) => needs && isOn(policy, id));
}
