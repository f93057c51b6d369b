import type { Address } from '../endpoints/address.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { type Choice, chooseNetworks, maxNetworks } from './choice.ts';
import { cover } from './cover.ts';
import { addressesOf, type NetworkEvidence } from './evidence.ts';
import { mergeNamed, type NamedNetwork } from './named-network.ts';

/** What the evidence says of each kind of network. */
export interface Suggestion {
  readonly pods: Choice;
  readonly services: Choice;
  readonly nodePods: NodePods;
  readonly serviceCidrs: readonly NamedNetwork[];
  /** Of Nodes and API servers. */
  readonly machines: readonly Address[];
}

/** What Nodes say of the networks of their pods, which a preset may stand for. */
interface NodePods {
  readonly isUsed: boolean;
  readonly note: string;
  /** Networks that cover them, for where there is no preset. */
  readonly covers: readonly NamedNetwork[];
}

export function suggest(evidence: NetworkEvidence): Suggestion {
  const machines = addressesOf(new Set([...evidence.nodeAddresses, ...evidence.apiServers]));
  const podAddresses = addressesOf(evidence.podAddresses);
  const nodePods = judgeNodePods(evidence, podAddresses, machines);
  const sharing = whyNotInferred(evidence);
  const pods = chooseNetworks({
    ...{ machines, addresses: podAddresses, what: 'addresses of pods' },
    named: [...evidence.pods, ...coverNamed(evidence.ciliumNodes)],
    known: nodePods.isUsed ? evidence.nodePods.map(({ network }) => network) : [],
    sharing,
  });
  const services = chooseNetworks({
    ...{ machines, addresses: addressesOf(evidence.clusterIPs), what: 'cluster IPs' },
    named: evidence.services,
    known: evidence.serviceCidrs.map(({ network }) => network),
    sharing: evidence.nodeCount === 0 ? sharing : undefined,
  });
  return { pods, services, nodePods, serviceCidrs: mergeNamed(evidence.serviceCidrs), machines };
}

function whyNotInferred({ sharing, nodeCount }: NetworkEvidence): string | undefined {
  const [one] = sharing;
  if (one !== undefined) return `${one} gives pods addresses of subnets that other machines use, too`;
  return nodeCount === 0 ? 'no Node was seen, whose addresses would tell whether other machines use it' : undefined;
}

/** Controllers may assign networks to Nodes that the network plugin does not use: somebody else may use them. */
function judgeNodePods(
  { nodePods, nodeCount }: NetworkEvidence,
  pods: readonly Address[],
  machines: readonly Address[],
): NodePods {
  if (nodeCount === 0) return { isUsed: true, note: 'no Node was seen', covers: [] };
  if (nodePods.length === 0)
    return { isUsed: false, note: 'no Node has spec.podCIDRs: the network plugin does without', covers: [] };
  const networks = createNetworkSet(nodePods.map(({ network }) => network));
  const isInside = (address: Address) => networks.find(address) !== undefined;
  if (machines.some(isInside))
    return { isUsed: false, note: 'Nodes have addresses in their spec.podCIDRs', covers: [] };
  const inside = pods.filter(isInside).length;
  const sum = `the Nodes have spec.podCIDRs, in which ${inside} of ${pods.length} addresses of pods are`;
  const isUsed = inside > 0 || pods.length === 0;
  return { isUsed, note: sum, covers: isUsed ? withoutMachines(nodePods, machines) : [] };
}

/** What covers the networks; where other machines may have addresses in that, the networks themselves, if they are few. */
function withoutMachines(named: readonly NamedNetwork[], machines: readonly Address[]): readonly NamedNetwork[] {
  const isMixed = ({ network }: NamedNetwork) => machines.some((address) => network.contains(address));
  const covers = coverNamed(named);
  const mixed = covers.filter(isMixed);
  const single = mergeNamed(named).filter((one) => mixed.some(({ network }) => network.contains(one.network.first)));
  return [...covers.filter((one) => !isMixed(one)), ...(single.length <= maxNetworks ? single : [])];
}

/** Networks of single Nodes, of which tomorrow there are others: what covers them. */
function coverNamed(named: readonly NamedNetwork[]): readonly NamedNetwork[] {
  const sources = [...new Set(named.flatMap((one) => one.sources))].map((source) => `covers ${source}`);
  return cover(named.map(({ network }) => network.first)).map((network) => ({ network, sources }));
}
