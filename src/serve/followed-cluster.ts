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

/** What policies need of a cluster. */
export interface FollowedCluster extends Pick<LiveCluster, 'state' | 'networks'> {
  readonly confirm: Confirm;
  /** Follows these, too, from now on. */
  follow(resources: ReadonlySet<ClusterResource>): void;
  /** Which of these were not read yet, and why; `undefined` where all were. */
  unread(resources: ReadonlySet<ClusterResource>): string | undefined;
  /** Follows what this policy has to know, and as it says. */
  use(policy: Policy): void;
  checks(): readonly ReadinessCheck[];
  close(): Promise<void>;
}

/** Follows nothing yet. */
export function createFollowedCluster(connection: Connection, registry: Registry, log: Logger): FollowedCluster {
  const store = createClusterStore();
  const kinds: FollowedKind[] = [];
  let policy: Policy | undefined;
  const staleAfter = () => policy?.cluster.staleAfterMilliseconds ?? 0;
  const metrics = createClusterMetrics(registry);
  const state = stateOf(store, kinds);
  const networks = () => store.networks;
  const lookup = createPodLookup(connection, (said) =>
    log.debug({ said }, 'the API server does not say who has an address'),
  );
  const live = { state, networks, lookup, onceHeld: store.onceHeld, readAnew: readAnew(store.state, kinds) };
  const ends: (() => void)[] = [];
  let endWatching = () => {};
  function follow(resources: ReadonlySet<ClusterResource>): void {
    const more = [...resources]
      .filter((resource) => !kinds.some((kind) => kind.resource === resource))
      .map((resource) => createFollowedKind(resource, store.sinks[resource], staleAfter, log));
    if (more.length === 0) return;
    kinds.push(...more);
    for (const kind of more) metrics.follow(measure(kind, store));
    for (const kind of more) kind.start(connection, metrics);
    ends.push(announceFollowing(more, store, log));
  }
  return {
    state,
    networks,
    confirm: createConfirm(live, metrics),
    follow,
    unread(resources) {
      const problems = problemsOf(kinds, resources);
      return problems.length === 0 ? undefined : problems.join('; ');
    },
    use(next) {
      policy = next;
      follow(clusterNeeds(next));
      endWatching();
      endWatching = watchPodNetworks(next, store, kinds, metrics, log);
    },
    checks: () => (policy ? [checkOf(kinds, clusterNeeds(policy))] : []),
    async close() {
      for (const end of [...ends, endWatching]) end();
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
  return {
    ...state,
    unknown(resource) {
      const reason = state.unknown(resource);
      const kind = kinds.find((one) => one.resource === resource);
      if (reason !== undefined || kind?.staleMilliseconds() === undefined) return reason;
      return `${resourceNames[resource]} can no longer be followed`;
    },
  };
}

function problemsOf(kinds: readonly FollowedKind[], needed: ReadonlySet<ClusterResource>): readonly string[] {
  const unread = kinds.filter((kind) => needed.has(kind.resource) && !kind.isListed());
  return unread.map((kind) => `${kind.resource}: not read yet${because(kind)}`);
}

function checkOf(kinds: readonly FollowedKind[], needed: ReadonlySet<ClusterResource>): ReadinessCheck {
  const problems = problemsOf(kinds, needed);
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
