import type { Address } from '../endpoints/address.ts';
import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import { AddressTable } from './address-table.ts';
import type { ClusterNetworks } from './excerpt.ts';
import { NetworkTable } from './network-table.ts';
import { type HeldByNode, readApiServers, readNode, readPodNetworks, readServiceNetworks } from './nodes.ts';
import { type ObjectId, objectId } from './object-id.ts';
import { type HeldByPod, readPod } from './pods.ts';
import { type HeldByService, readService } from './services.ts';
import type { Sink } from './sink.ts';

/** What each kind is called in a sentence. */
export const resourceNames: Readonly<Record<ClusterResource, string>> = {
  pods: 'the pods of the cluster',
  services: 'the Services of the cluster',
  servicecidrs: 'the ServiceCIDRs of the cluster',
  nodes: 'the Nodes of the cluster',
  endpointslices: 'the addresses of the API servers',
};

/** What is known of a cluster: filled object by object, of which it keeps what rules look up. */
export interface ClusterStore {
  readonly state: ClusterState;
  readonly sinks: Readonly<Record<ClusterResource, Sink>>;
  readonly pods: Iterable<HeldByPod>;
  readonly networks: ClusterNetworks;
  /** How many objects of a kind are known. */
  count(resource: ClusterResource): number;
  /** Calls `then` once, as soon as a pod has the address that had it not. Returns what ends the waiting. */
  onceHeld(address: Address, then: () => void): () => void;
}

export function createClusterStore(): ClusterStore {
  const pods = new AddressTable<HeldByPod>();
  const services = new AddressTable<HeldByService>();
  const nodes = new AddressTable<HeldByNode>();
  const apiServers = new AddressTable<HeldByNode>();
  const [podNetworks, serviceNetworks] = [new NetworkTable(), new NetworkTable()];
  const listed = new Set<ClusterResource>();
  const counted: Readonly<Record<ClusterResource, { readonly size: number }>> = {
    ...{ pods, services, nodes },
    ...{ servicecidrs: serviceNetworks, endpointslices: apiServers },
  };
  const sinkOf = (resource: ClusterResource, fillings: readonly Filling[]) =>
    createSink(fillings, () => listed.add(resource));
  return {
    state: {
      podsAt: (address) => pods.at(address),
      servicesAt: (address) => services.at(address),
      nodeAt: (address) => (nodes.at(address)[0] ?? apiServers.at(address)[0])?.as,
      nodePodNetworkOf: (address) => podNetworks.find(address),
      serviceNetworkOf: (address) => serviceNetworks.find(address),
      unknown: (resource) => (listed.has(resource) ? undefined : `${resourceNames[resource]} are not known yet`),
    },
    sinks: {
      pods: sinkOf('pods', [fill(pods, readPod)]),
      services: sinkOf('services', [fill(services, readService)]),
      servicecidrs: sinkOf('servicecidrs', [fill(serviceNetworks, readServiceNetworks)]),
      nodes: sinkOf('nodes', [fill(nodes, readNode), fill(podNetworks, readPodNetworks)]),
      endpointslices: sinkOf('endpointslices', [fill(apiServers, readApiServers)]),
    },
    pods,
    get networks() {
      return { nodePods: podNetworks.texts, services: serviceNetworks.texts };
    },
    count: (resource) => counted[resource].size,
    onceHeld: (address, then) => pods.onceHeld(address, then),
  };
}

/** A table, and how an object is read into it. */
interface Filling {
  readonly table: Pick<AddressTable<never>, 'begin' | 'end' | 'remove'>;
  put(id: ObjectId, item: unknown): void;
}

interface Table<T> {
  begin(): void;
  end(): void;
  put(id: ObjectId, value: T): void;
  remove(id: ObjectId): void;
}

function fill<T>(table: Table<T>, read: (item: unknown, id: ObjectId) => T): Filling {
  return { table, put: (id, item) => table.put(id, read(item, id)) };
}

function createSink(fillings: readonly Filling[], onListed: () => void): Sink {
  return {
    begin() {
      for (const { table } of fillings) table.begin();
    },
    put(item) {
      const id = objectId(item);
      if (id) for (const filling of fillings) filling.put(id, item);
    },
    remove(item) {
      const id = objectId(item);
      if (id) for (const { table } of fillings) table.remove(id);
    },
    end() {
      for (const { table } of fillings) table.end();
      onListed();
    },
  };
}
