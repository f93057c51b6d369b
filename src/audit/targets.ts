import { type AddressKey, addressKey, addressOf, parseAddress } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { EndpointAddress } from '../endpoints/view.ts';

/** Addresses, `undefined` for what is none. */
export type Targets = readonly (AddressKey | undefined)[];

/** `undefined` for what is no address. */
export function keyOf(text: unknown): AddressKey | undefined {
  return typeof text === 'string' ? keyOfAddress({ address: parseAddress(text) }) : undefined;
}

/** The key of an address that an object lists. */
export function keyOfAddress({ address }: Pick<EndpointAddress, 'address'>): AddressKey | undefined {
  return address && addressKey(address);
}

/** Whether all of these are addresses of live pods of the namespace; `ownNetwork`: of pods with a network of their own. */
export function areOwnPods(cluster: ClusterState, namespace: string, targets: Targets, ownNetwork: boolean): boolean {
  return targets.every((key) => {
    if (key === undefined) return false;
    const own = cluster.podsAt(addressOf(key)).filter((pod) => pod.namespace === namespace);
    return own.length > 0 && !(ownNetwork && own.some(({ hostNetwork }) => hostNetwork));
  });
}
