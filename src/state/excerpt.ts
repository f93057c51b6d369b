import { type AddressKey, addressKey, addressOf } from '../endpoints/address.ts';
import type { ClusterResource, ClusterState, PodHolder, ServiceHolder } from '../endpoints/cluster-state.ts';
import { NetworkTable } from './network-table.ts';

/** What is known of a cluster apart from who has which address, as plain data, which one thread can hand to another. */
export interface Outline {
  /** Why nothing is known of a kind. */
  readonly unknown: Readonly<Partial<Record<ClusterResource, string>>>;
  readonly networks: ClusterNetworks;
  readonly unconfirmed?: string | undefined;
}

/** The networks of the Nodes' pods and of Services, as they are written. */
export interface ClusterNetworks {
  readonly nodePods: readonly string[];
  readonly services: readonly string[];
}

interface Holders {
  readonly pods: readonly PodHolder[];
  readonly services: readonly ServiceHolder[];
  readonly node: ReturnType<ClusterState['nodeAt']>;
}

/** Who has some addresses, as plain data. Names of pods and Services are left out: no rule looks at them. */
export interface Excerpt {
  /** Each once. */
  readonly holders: readonly Holders[];
  /** For each address its place among them; -1 for nobody. */
  readonly places: Int32Array;
}

const resources: readonly ClusterResource[] = ['pods', 'services', 'servicecidrs', 'nodes', 'endpointslices'];

export function outlineOf(state: ClusterState, networks: ClusterNetworks): Outline {
  return { unknown: unknownOf(state), networks, unconfirmed: state.unconfirmed };
}

/** Why nothing is known of some kinds. */
export function unknownOf(state: ClusterState): Outline['unknown'] {
  const reasons = resources.map((resource) => [resource, state.unknown(resource)] as const);
  return Object.fromEntries(reasons.filter(([, reason]) => reason !== undefined));
}

export function excerptOf(state: ClusterState, keys: readonly AddressKey[]): Excerpt {
  const places = new Map<string, number>();
  const holders: Holders[] = [];
  const place = (key: AddressKey) => {
    const found = holdersAt(state, key);
    if (!found) return -1;
    const text = JSON.stringify(found);
    const known = places.get(text) ?? holders.push(found) - 1;
    places.set(text, known);
    return known;
  };
  return { places: Int32Array.from(keys, place), holders };
}

function holdersAt(state: ClusterState, key: AddressKey): Holders | undefined {
  const address = addressOf(key);
  const [pods, services, node] = [state.podsAt(address), state.servicesAt(address), state.nodeAt(address)];
  if (pods.length === 0 && services.length === 0 && node === undefined) return undefined;
  return {
    pods: pods.map(({ namespace, hostNetwork }) => ({ namespace, name: '', hostNetwork })),
    services: services.map(({ namespace, as }) => ({ namespace, name: '', as })),
    node,
  };
}

/** So many addresses are asked about at once: it takes whoever answers some milliseconds. */
const maxAsked = 2000;

/** The state of a cluster of which these addresses are asked, a part at a time, and no others. */
export function recallCluster(
  outline: Outline,
  keys: Iterable<AddressKey>,
  ask: (keys: readonly AddressKey[]) => Excerpt,
): ClusterState {
  const holders = askAll(keys, ask);
  const [nodePods, services] = [new NetworkTable(), new NetworkTable()];
  nodePods.put({ name: '' }, outline.networks.nodePods);
  services.put({ name: '' }, outline.networks.services);
  return {
    podsAt: (address) => holders.get(addressKey(address))?.pods ?? [],
    servicesAt: (address) => holders.get(addressKey(address))?.services ?? [],
    nodeAt: (address) => holders.get(addressKey(address))?.node,
    nodePodNetworkOf: (address) => nodePods.find(address),
    serviceNetworkOf: (address) => services.find(address),
    unknown: (resource) => outline.unknown[resource],
    unconfirmed: outline.unconfirmed,
  };
}

function askAll(
  keys: Iterable<AddressKey>,
  ask: (keys: readonly AddressKey[]) => Excerpt,
): ReadonlyMap<AddressKey, Holders> {
  const known = new Map<AddressKey, Holders>();
  const shared = new Map<string, Holders>(); // what one answer and the next have in common
  let asked = new Set<AddressKey>();
  const askSome = () => {
    const some = [...asked];
    const { holders, places } = ask(some);
    const kept = holders.map((one) => keepOne(one, shared));
    for (const [i, key] of some.entries()) {
      const one = kept[places[i] ?? -1];
      if (one) known.set(key, one);
    }
    asked = new Set();
  };
  for (const key of keys) {
    if (!known.has(key)) asked.add(key);
    if (asked.size === maxAsked) askSome();
  }
  if (asked.size > 0) askSome();
  return known;
}

function keepOne(one: Holders, shared: Map<string, Holders>): Holders {
  const text = JSON.stringify(one);
  const kept = shared.get(text) ?? one;
  shared.set(text, kept);
  return kept;
}
