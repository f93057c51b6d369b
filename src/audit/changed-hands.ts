import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Documentation } from '../rules/rule.ts';
import { cve202125740 } from '../rules/source.ts';
import type { Subject } from './subject.ts';

/** Only an audit can check it: when the object was written, the address was right. */
export const changedHands: Documentation = {
  id: 'changed-hands',
  title: 'Addresses listed for pods that are gone are not those of pods of other namespaces by now.',
  why: `
    An address is given to another pod once its pod is gone. What no controller keeps up to date goes on naming it, and the
    traffic of the Service arrives at a pod of another namespace, which nobody meant and no review was asked about.
  `,
  remedy: 'delete the object, or give the Service its selector back',
  source: cve202125740,
  fields: ['subsets[*].addresses[*]', 'subsets[*].notReadyAddresses[*]', 'endpoints[*].addresses[*]'],
  enforcement: 'warn',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
};

/** Whether a pod of another namespace has the address to itself. Pods in their node's network share its addresses. */
export function isForeignPods(
  cluster: ClusterState,
  { namespace }: Subject,
  address: Parameters<ClusterState['podsAt']>[0],
): boolean {
  return cluster.podsAt(address).some((pod) => !pod.hostNetwork && pod.namespace !== namespace);
}
