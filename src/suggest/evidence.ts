import { type Address, type AddressKey, addressOf } from '../endpoints/address.ts';
import { fieldsOf, listOf } from '../json/fields.ts';
import { readApiServers, readNode, readPodNetworks, readServiceNetworks } from '../state/nodes.ts';
import { objectId } from '../state/object-id.ts';
import { readPod } from '../state/pods.ts';
import { readService } from '../state/services.ts';
import type { Declared } from './declared.ts';
import { readNodeFlags, readPodFlags } from './flags.ts';
import { type NamedNetwork, nameNetworks } from './named-network.ts';

/** Everything that says which networks a cluster has. It grows while the cluster is read. */
export interface NetworkEvidence {
  readonly pods: NamedNetwork[];
  readonly services: NamedNetwork[];
  /** What gives pods addresses of subnets in which other machines have theirs. */
  readonly sharing: Set<string>;
  nodeCount: number;
  /** `spec.podCIDRs` of the Nodes. */
  readonly nodePods: NamedNetwork[];
  /** The podCIDRs of CiliumNodes. */
  readonly ciliumNodes: NamedNetwork[];
  readonly serviceCidrs: NamedNetwork[];
  /** Of pods that are not in their node's network. */
  readonly podAddresses: Set<AddressKey>;
  readonly clusterIPs: Set<AddressKey>;
  readonly nodeAddresses: Set<AddressKey>;
  readonly apiServers: Set<AddressKey>;
  /** Services with a load balancer that has a name and no address, and with externalIPs. */
  readonly unclear: { named: number; external: number };
  hasKnative: boolean;
}

export function createEvidence(): NetworkEvidence {
  return {
    ...{ pods: [], services: [], nodePods: [], ciliumNodes: [], serviceCidrs: [] },
    ...{ sharing: new Set(), podAddresses: new Set(), clusterIPs: new Set() },
    ...{ nodeAddresses: new Set(), apiServers: new Set() },
    ...{ nodeCount: 0, hasKnative: false, unclear: { named: 0, external: 0 } },
  };
}

export function addDeclared(evidence: NetworkEvidence, { pods = [], services = [], sharing }: Declared): void {
  append(evidence.pods, pods);
  append(evidence.services, services);
  if (sharing !== undefined) evidence.sharing.add(sharing);
}

/** Flags count in kube-system alone: elsewhere a tenant may have written them. */
export function addPod(evidence: NetworkEvidence, pod: unknown): void {
  const id = objectId(pod);
  if (!id) return;
  for (const { hostNetwork, keys } of readPod(pod, id))
    if (!hostNetwork) for (const key of keys) evidence.podAddresses.add(key);
  if (id.namespace === 'knative-serving') evidence.hasKnative = true;
  if (id.namespace !== 'kube-system') return;
  addDeclared(evidence, readPodFlags(pod));
  const labels = fieldsOf(fieldsOf(fieldsOf(pod).metadata).labels);
  if (labels['k8s-app'] === 'aws-node') evidence.sharing.add('the AWS VPC CNI');
}

export function addService(evidence: NetworkEvidence, service: unknown): void {
  const id = objectId(service);
  if (!id) return;
  const held = readService(service, id);
  for (const { as, keys } of held) if (as === 'cluster IP') for (const key of keys) evidence.clusterIPs.add(key);
  const { ingress } = fieldsOf(fieldsOf(fieldsOf(service).status).loadBalancer);
  if (listOf(ingress).some((one) => fieldsOf(one).ip === undefined)) evidence.unclear.named++;
  if (held.some(({ as }) => as === 'external IP')) evidence.unclear.external++;
}

export function addNode(evidence: NetworkEvidence, node: unknown): void {
  evidence.nodeCount++;
  for (const { keys } of readNode(node)) for (const key of keys) evidence.nodeAddresses.add(key);
  append(evidence.nodePods, nameNetworks(readPodNetworks(node), 'spec.podCIDRs of the Nodes'));
  addDeclared(evidence, readNodeFlags(node));
}

export function addCiliumNode(evidence: NetworkEvidence, node: unknown): void {
  const { podCIDRs } = fieldsOf(fieldsOf(fieldsOf(node).spec).ipam);
  append(evidence.ciliumNodes, nameNetworks(listOf(podCIDRs), 'podCIDRs of the CiliumNodes'));
}

export function addServiceCidr(evidence: NetworkEvidence, item: unknown): void {
  const name = objectId(item)?.name ?? '';
  append(evidence.serviceCidrs, nameNetworks(readServiceNetworks(item), `ServiceCIDR ${name}`));
}

export function addApiServers(evidence: NetworkEvidence, slice: unknown): void {
  const id = objectId(slice);
  if (id) for (const { keys } of readApiServers(slice, id)) for (const key of keys) evidence.apiServers.add(key);
}

export function addressesOf(keys: ReadonlySet<AddressKey>): readonly Address[] {
  return [...keys].map(addressOf);
}

/** One by one: a call takes only so many arguments. */
function append<T>(list: T[], items: readonly T[]): void {
  for (const item of items) list.push(item);
}
