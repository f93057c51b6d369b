import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ClusterResource } from '../endpoints/cluster-state.ts';
import { prefix } from './series.ts';

/** How asking who has some addresses ended. */
const confirmations = ['upheld', 'lifted', 'unanswered', 'skipped'] as const;

export type Confirmation = (typeof confirmations)[number];

/** Why a list was begun. */
const listReasons = ['start', 'expired', 'refresh', 'problem'] as const;

/** A kind that is followed. */
interface FollowedKind {
  readonly resource: ClusterResource;
  count(): number;
  /** Whether it was read whole and can be followed. */
  isSynced(): boolean;
  /** When (Date.now()) the last byte arrived. */
  lastHeard(): number | undefined;
}

export interface ClusterMetrics {
  /** Shows a kind that is followed from now on. Every series of it that is known beforehand starts at 0. */
  follow(kind: FollowedKind): void;
  listed(resource: ClusterResource, reason: (typeof listReasons)[number]): void;
  problem(resource: ClusterResource): void;
  /** `seconds`: how long it took, where something was asked. */
  confirmed(result: Confirmation, seconds?: number): void;
  waited(isHeld: boolean): void;
  podsOutside(count: number): void;
}

/** Only where something is followed. */
export function createClusterMetrics(registry: Registry): ClusterMetrics {
  const kinds: FollowedKind[] = [];
  addFollowedGauges(registry, kinds);
  const counters = createCounters(registry);
  const duration = new Histogram({
    name: `${prefix}confirmation_duration_seconds`,
    help: 'How long it took to ask who has the addresses of a review.',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    registers: [registry],
  });
  const outside = new Gauge({
    name: `${prefix}pods_outside_networks`,
    help: 'Pods with an address outside the networks of unclaimed-address.',
    registers: [registry],
  });
  for (const result of confirmations) counters.confirmations.inc({ result }, 0);
  for (const result of ['held', 'unclaimed']) counters.waited.inc({ result }, 0);
  return {
    follow(kind) {
      const { resource } = kind;
      kinds.push(kind);
      for (const reason of listReasons) counters.lists.inc({ resource, reason }, 0);
      counters.problems.inc({ resource }, 0);
    },
    listed: (resource, reason) => counters.lists.inc({ resource, reason }),
    problem: (resource) => counters.problems.inc({ resource }),
    confirmed(result, seconds) {
      counters.confirmations.inc({ result });
      if (seconds !== undefined) duration.observe(seconds);
    },
    waited: (isHeld) => counters.waited.inc({ result: isHeld ? 'held' : 'unclaimed' }),
    podsOutside: (count) => outside.set(count),
  };
}

/** Read whenever the metrics are. */
function addFollowedGauges(registry: Registry, kinds: readonly FollowedKind[]): void {
  const add = (name: string, help: string, read: (kind: FollowedKind) => number) => {
    const collect = () => {
      for (const kind of kinds) gauge.set({ resource: kind.resource }, read(kind));
    };
    const options = { name: `${prefix}${name}`, help, labelNames: ['resource'], registers: [registry], collect };
    const gauge: Gauge = new Gauge(options);
  };
  add(
    'followed_objects',
    'Objects of the cluster that are known, of those that have an address or a network.',
    (kind) => kind.count(),
  );
  add('follow_synced', 'Whether a kind was read whole and can be followed.', (kind) => (kind.isSynced() ? 1 : 0));
  add(
    'follow_last_heard_timestamp_seconds',
    'When the API server last sent something about a kind.',
    (kind) => (kind.lastHeard() ?? 0) / 1000,
  );
}

function createCounters(registry: Registry) {
  const create = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `${prefix}${name}`, help, labelNames, registers: [registry] });
  return {
    lists: create(
      'follow_lists_total',
      'Lists of a kind that were read whole, by why they were begun.',
      'resource',
      'reason',
    ),
    problems: create('follow_problems_total', 'Whatever went wrong while a kind was followed.', 'resource'),
    confirmations: create(
      'confirmations_total',
      'Reviews whose verdict rested on who has an address, by how asking for it ended.',
      'result',
    ),
    waited: create('waited_addresses_total', 'Addresses that nobody had, by whether a pod got it in time.', 'result'),
  };
}
