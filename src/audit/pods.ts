import { addressKey, parseAddress } from '../endpoints/address.ts';
import type { EndpointAddress } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';

/** An address as a value that can be looked up. */
export type Key = ReturnType<typeof addressKey>;

/** The addresses of live pods by namespace, and whether such a pod is in its node's network, whose address it then shares. */
export type Pods = Map<string, Map<Key, { readonly hostNetwork: boolean }>>;

/** Takes a pod in as the API server lists it. One that has ended has given its address back. */
export function addPod(pods: Pods, pod: unknown): void {
  const { metadata, spec, status } = fieldsOf(pod);
  const { phase, podIP, podIPs } = fieldsOf(status);
  const { namespace } = fieldsOf(metadata);
  if (typeof namespace !== 'string' || phase === 'Succeeded' || phase === 'Failed') return;
  const hostNetwork = fieldsOf(spec).hostNetwork === true;
  const listed = Array.isArray(podIPs) ? podIPs.map((item) => fieldsOf(item).ip) : [];
  for (const text of new Set([podIP, ...listed])) {
    const key = keyOf(text);
    if (key === undefined) continue;
    const known = pods.get(namespace) ?? new Map<Key, { hostNetwork: boolean }>();
    pods.set(namespace, known.set(key, { hostNetwork: hostNetwork || known.get(key)?.hostNetwork === true }));
  }
}

/** `undefined` for what is no address. */
export function keyOf(text: unknown): Key | undefined {
  return typeof text === 'string' ? keyOfAddress({ address: parseAddress(text) }) : undefined;
}

/** The key of an address that an object lists. */
export function keyOfAddress({ address }: Pick<EndpointAddress, 'address'>): Key | undefined {
  return address && addressKey(address);
}

/** Whether all of these are addresses of live pods of the namespace; `ownNetwork`: of pods with a network of their own. */
export function areOwnPods(
  pods: Pods,
  namespace: string,
  targets: readonly (Key | undefined)[],
  ownNetwork: boolean,
): boolean {
  const own = pods.get(namespace);
  return targets.every((key) => {
    const pod = key === undefined ? undefined : own?.get(key);
    return pod !== undefined && !(ownNetwork && pod.hostNetwork);
  });
}
