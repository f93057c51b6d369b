import type { PodLookup } from '../cluster/pod-lookup.ts';
import type { Address } from '../endpoints/address.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { ClusterNetworks } from '../state/excerpt.ts';

/** A cluster that is followed, and can be asked. */
export interface LiveCluster {
  /** What is known at any time. Of what can no longer be followed nothing is. */
  readonly state: ClusterState;
  networks(): ClusterNetworks;
  /**
   * Reads anew what can no longer be followed, and resolves to what is known then, which is as new as this call; after so many milliseconds
   * at the latest, and without what could not be read. `undefined` where all is followed, or was never read. Never rejects.
   */
  readAnew(milliseconds: number): Promise<ClusterState | undefined>;
  /** Calls `then` once, as soon as a pod has the address that had it not. Returns what ends the waiting. */
  onceHeld(address: Address, then: () => void): () => void;
  readonly lookup: PodLookup;
}
