import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Connection } from '../cluster/connection.ts';
import { createPodLookup } from '../cluster/pod-lookup.ts';
import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import { clusterNeeds } from '../policy/cluster-needs.ts';
import type { Policy } from '../policy/policy.ts';
import { createClusterMetrics } from '../server/cluster-metrics.ts';
import { type Confirm, createConfirm } from '../server/confirm.ts';
import type { LiveCluster } from '../server/live-cluster.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import { type ClusterStore, createClusterStore, resourceNames } from '../state/cluster-store.ts';
import { announceFollowing } from './announce-following.ts';
import { createFollowedKind, type FollowedKind } from './followed-kind.ts';
import { watchPodNetworks } from './pod-networks.ts';
import { readAnew } from './read-anew.ts';

/** What a policy needs of a cluster. */
export interface FollowedCluster extends Pick<LiveCluster, 'state' | 'networks'> {
  readonly confirm: Confirm;
  /** Follows it from now on. */
  start(): void;
  checks(): readonly ReadinessCheck[];
  close(): Promise<void>;
}

export function createFollowedCluster(
  policy: Policy,
  connection: Connection,
  registry: Registry,
  log: Logger,
): FollowedCluster {
  const store = createClusterStore();
  const { staleAfterMilliseconds } = policy.cluster;
  const kinds = [...clusterNeeds(policy)].map((resource) =>
    createFollowedKind(resource, store.sinks[resource], staleAfterMilliseconds, log),
  );
  const metrics = createClusterMetrics(
    registry,
    kinds.map((kind) => measure(kind, store)),
  );
  const state = stateOf(store, kinds);
  const networks = () => store.networks;
  const lookup = createPodLookup(connection, (said) =>
    log.debug({ said }, 'the API server does not say who has an address'),
  );
  const live = { state, networks, lookup, onceHeld: store.onceHeld, readAnew: readAnew(store.state, kinds) };
  const ends: (() => void)[] = [];
  return {
    state,
    networks,
    confirm: createConfirm(live, metrics),
    start() {
      for (const kind of kinds) kind.start(connection, metrics);
      ends.push(announceFollowing(kinds, store, log), watchPodNetworks(policy, store, kinds, metrics, log));
    },
    checks: () => [checkOf(kinds)],
    async close() {
      for (const end of ends) end();
      await Promise.all(kinds.map((kind) => kind.close()));
    },
  };
}

function measure(kind: FollowedKind, store: ClusterStore) {
  return {
    resource: kind.resource,
    count: () => store.count(kind.resource),
    isSynced: () => kind.isListed() && kind.staleMilliseconds() === undefined,
    lastHeard: kind.lastHeard,
  };
}

/** What can no longer be followed is unknown. */
function stateOf({ state }: ClusterStore, kinds: readonly FollowedKind[]): ClusterState {
  const byResource = new Map<ClusterResource, FollowedKind>(kinds.map((kind) => [kind.resource, kind]));
  return {
    ...state,
    unknown(resource) {
      const reason = state.unknown(resource);
      if (reason !== undefined || byResource.get(resource)?.staleMilliseconds() === undefined) return reason;
      return `${resourceNames[resource]} can no longer be followed`;
    },
  };
}

function checkOf(kinds: readonly FollowedKind[]): ReadinessCheck {
  const unread = kinds.filter((kind) => !kind.isListed());
  const problems = unread.map((kind) => `${kind.resource}: not read yet${because(kind)}`);
  const notes = kinds.flatMap((kind) => {
    const stale = kind.staleMilliseconds();
    return stale === undefined ? [] : [`${kind.resource}: not followed for ${seconds(stale)}${because(kind)}`];
  });
  const problem = problems.length > 0 ? problems.join('; ') : undefined;
  return { name: 'cluster', problem, ...(notes.length > 0 && { note: notes.join('; ') }) };
}

function because(kind: FollowedKind): string {
  const problem = kind.problem();
  return problem === undefined ? '' : `: ${problem}`;
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
