import type { Address } from './address.ts';
import type { View } from './view.ts';

/** What is read of a cluster, by the plural of its kind. Of EndpointSlices only those of the API servers' Service, `default/kubernetes`. */
export type ClusterResource = 'pods' | 'services' | 'servicecidrs' | 'nodes' | 'endpointslices';

/** A pod that has not ended. */
export interface PodHolder {
  readonly namespace: string;
  readonly name: string;
  /** Whether it is in its node's network, whose addresses it then shares. */
  readonly hostNetwork: boolean;
}

/** A Service, and as what it has an address. */
export interface ServiceHolder {
  readonly namespace: string;
  readonly name: string;
  readonly as: 'cluster IP' | 'load-balancer IP' | 'external IP';
}

/** Who has which address in a cluster, as it was last seen. */
export interface ClusterState {
  podsAt(address: Address): readonly PodHolder[];
  servicesAt(address: Address): readonly ServiceHolder[];
  /** A Node, or an API server that is none. */
  nodeAt(address: Address): 'node' | 'API server' | undefined;
  /** The network in `spec.podCIDRs` of a Node that contains it, as it is written. */
  nodePodNetworkOf(address: Address): string | undefined;
  /** The network of a ServiceCIDR that contains it, as it is written. */
  serviceNetworkOf(address: Address): string | undefined;
  /** Why nothing is known of a kind; `undefined` where everything is. */
  unknown(resource: ClusterResource): string | undefined;
  /** Why the API server could not be asked whether what a refusal rests on is still so; absent where it was, or was not asked. */
  readonly unconfirmed?: string | undefined;
}

/** What is known of the cluster about what a view lists. Called once for an object, and only where a rule needs it. */
export type AskCluster = (view: View) => ClusterState;
