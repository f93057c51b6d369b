import type { Logger } from 'pino';
import type { Connection } from '../cluster/connection.ts';
import { type Following, follow } from '../cluster/follow.ts';
import type { ClusterResource } from '../endpoints/cluster-state.ts';
import type { ClusterMetrics } from '../server/cluster-metrics.ts';
import type { Sink } from '../state/sink.ts';

/** One kind of a cluster that is followed. */
export interface FollowedKind {
  readonly resource: ClusterResource;
  start(connection: Connection, metrics: Pick<ClusterMetrics, 'listed' | 'problem'>): void;
  isListed(): boolean;
  /** For how long it has not been followed, in milliseconds, where it was read before and that is too long by the policy. */
  staleMilliseconds(): number | undefined;
  /** Whether a watch is open, or it has just been read. */
  isFollowed(): boolean;
  lastHeard(): number | undefined;
  /** What went wrong last, as long as it has not been read since. */
  problem(): string | undefined;
  /** Reads it anew. Rejects with why not. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Where each kind is listed and watched. */
const paths: Readonly<Record<ClusterResource, string>> = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  servicecidrs: '/apis/networking.k8s.io/v1/servicecidrs',
  nodes: '/api/v1/nodes',
  endpointslices:
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name=kubernetes',
};

/** Older API servers have no ServiceCIDRs. */
const isOptional = (resource: ClusterResource) => resource === 'servicecidrs';

export function createFollowedKind(
  resource: ClusterResource,
  sink: Sink,
  staleAfter: () => number,
  log: Logger,
): FollowedKind {
  let following: Following | undefined;
  let problem: string | undefined;
  const tell = createTelling(log, resource);
  return {
    resource,
    start(connection, metrics) {
      const events = {
        listed(reason: Parameters<ClusterMetrics['listed']>[1]) {
          problem = undefined;
          metrics.listed(resource, reason);
          log.debug({ resource, reason }, 'read whole');
        },
        problem(text: string) {
          problem = explain(text, resource);
          metrics.problem(resource);
          tell(problem);
        },
      };
      following = follow(connection, paths[resource], sink, events, { missingIsEmpty: isOptional(resource) });
    },
    isListed: () => following?.isListed ?? false,
    staleMilliseconds() {
      const { isListed = false, brokenSince } = following ?? {};
      if (!isListed || brokenSince === undefined) return undefined;
      const milliseconds = performance.now() - brokenSince;
      return milliseconds > staleAfter() ? milliseconds : undefined;
    },
    isFollowed: () => following !== undefined && following.brokenSince === undefined,
    lastHeard: () => following?.lastHeard,
    problem: () => problem,
    refresh: async () => following?.refresh(),
    close: async () => following?.close(),
  };
}

function explain(problem: string, resource: ClusterResource): string {
  if (!/answered 403/.test(problem)) return problem;
  const where = resource === 'endpointslices' ? ' in the namespace default' : '';
  return `${problem} (it takes the verbs list and watch on ${resource}${where})`;
}

const tellingMilliseconds = 10_000;

/** A line at most every ten seconds: what is followed may be written by anybody. */
function createTelling(log: Logger, resource: ClusterResource): (problem: string) => void {
  let told = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (problem) => {
    const now = performance.now();
    if (now - told < tellingMilliseconds) {
      leftOut++;
      return;
    }
    log.warn({ resource, problem, ...(leftOut > 0 && { leftOut }) }, 'following the cluster: going on');
    [told, leftOut] = [now, 0];
  };
}
