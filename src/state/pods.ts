import type { PodHolder } from '../endpoints/cluster-state.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { addressKeys } from './address-keys.ts';
import type { Held } from './address-table.ts';
import type { ObjectId } from './object-id.ts';

export interface HeldByPod extends PodHolder, Held {}

/** What a pod has, as an API server sends it. One that has ended has given its addresses back, whatever its status still says. */
export function readPod(pod: unknown, { namespace, name }: ObjectId): readonly HeldByPod[] {
  const { spec, status } = fieldsOf(pod);
  const { phase, podIP, podIPs } = fieldsOf(status);
  if (phase === 'Succeeded' || phase === 'Failed') return [];
  const keys = addressKeys([podIP, ...listOf(podIPs).map((item) => fieldsOf(item).ip)]);
  if (keys.length === 0) return [];
  return [{ namespace, name, hostNetwork: fieldsOf(spec).hostNetwork === true, keys }];
}
