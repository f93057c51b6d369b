import { fieldsOf, listOf } from '../json/fields.ts';
import { addressKeys } from './address-keys.ts';
import type { Held } from './address-table.ts';
import type { ObjectId } from './object-id.ts';

export interface HeldByNode extends Held {
  readonly as: 'node' | 'API server';
}

/** The addresses of a Node; a name that is written as an address counts too. */
export function readNode(node: unknown): readonly HeldByNode[] {
  const { addresses } = fieldsOf(fieldsOf(node).status);
  return heldBy('node', addressKeys(listOf(addresses).map((one) => fieldsOf(one).address)));
}

/** The networks from which a Node gives its pods addresses, as they are written. Empty on many clusters. */
export function readPodNetworks(node: unknown): readonly string[] {
  const { podCIDR, podCIDRs } = fieldsOf(fieldsOf(node).spec);
  return textsOf([podCIDR, ...listOf(podCIDRs)]);
}

/** The addresses of API servers, in a slice of their Service. A slice of another Service has none. */
export function readApiServers(slice: unknown, { namespace }: ObjectId): readonly HeldByNode[] {
  const { metadata, endpoints } = fieldsOf(slice);
  const service = fieldsOf(fieldsOf(metadata).labels)['kubernetes.io/service-name'];
  if (namespace !== 'default' || service !== 'kubernetes') return [];
  return heldBy('API server', addressKeys(listOf(endpoints).flatMap((one) => listOf(fieldsOf(one).addresses))));
}

/** The networks of a ServiceCIDR, as they are written. */
export function readServiceNetworks(serviceCidr: unknown): readonly string[] {
  return textsOf(listOf(fieldsOf(fieldsOf(serviceCidr).spec).cidrs));
}

function heldBy(as: HeldByNode['as'], keys: HeldByNode['keys']): readonly HeldByNode[] {
  return keys.length === 0 ? [] : [{ as, keys }];
}

function textsOf(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string' && value !== ''))] as readonly string[];
}
