import type { ServiceHolder } from '../endpoints/cluster-state.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { addressKeys } from './address-keys.ts';
import type { Held } from './address-table.ts';
import type { ObjectId } from './object-id.ts';

export interface HeldByService extends ServiceHolder, Held {}

/** What a Service has. `None`, of a headless one, is no address, and a load balancer with a name alone has none that is known. */
export function readService(service: unknown, { namespace, name }: ObjectId): readonly HeldByService[] {
  const { spec, status } = fieldsOf(service);
  const { clusterIP, clusterIPs, externalIPs } = fieldsOf(spec);
  const { ingress } = fieldsOf(fieldsOf(status).loadBalancer);
  const all = [
    { as: 'cluster IP', keys: addressKeys([clusterIP, ...listOf(clusterIPs)]) },
    { as: 'load-balancer IP', keys: addressKeys(listOf(ingress).map((one) => fieldsOf(one).ip)) },
    { as: 'external IP', keys: addressKeys(listOf(externalIPs)) },
  ] as const;
  return all.filter(({ keys }) => keys.length > 0).map((one) => ({ namespace, name, ...one }));
}
