import { UsageError } from '../cli/usage-error.ts';
import { hasCredentials } from '../cluster/credentials.ts';
import { clusterNeeds, clusterRules } from '../policy/cluster-needs.ts';
import type { Policy } from '../policy/policy.ts';
import type { InForce } from '../server/in-force.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import type { ClusterNetworks } from '../state/excerpt.ts';
import type { AskingOptions } from './authorizer.ts';
import type { FollowedCluster } from './followed-cluster.ts';

/** The cluster that all policies of a process have to know, each after the other. What was ever followed is to the end. */
export interface SharedCluster {
  /**
   * What is known of it, where a rule of the policy has to know it; nothing is loaded where none has to. Rejects with a UsageError where
   * there is no cluster to follow: such a rule would do nothing.
   */
  open(policy: Policy): Promise<InForce['cluster']>;
  /** Follows what the policy has to know. */
  follow(policy: Policy): void;
  /** What of it was not read yet, and why; `undefined` where all was. */
  unread(policy: Policy): string | undefined;
  /** Follows it for this policy, which is in force from now on. */
  use(policy: Policy): void;
  networks(): ClusterNetworks;
  checks(): readonly ReadinessCheck[];
  close(): Promise<void>;
}

export function createCluster(options: Omit<AskingOptions, 'policy'>): SharedCluster {
  let opened: FollowedCluster | undefined;
  return {
    async open(policy) {
      if (clusterRules(policy).length === 0) return undefined;
      opened ??= await openCluster(policy, options);
      return opened;
    },
    follow: (policy) => opened?.follow(clusterNeeds(policy)),
    unread: (policy) => opened?.unread(clusterNeeds(policy)),
    use: (policy) => opened?.use(policy),
    networks: () => opened?.networks() ?? { nodePods: [], services: [] },
    checks: () => opened?.checks() ?? [],
    close: async () => opened?.close(),
  };
}

async function openCluster(
  policy: Policy,
  { kubeconfig, connection: sharedConnection, metrics: { registry }, log }: Omit<AskingOptions, 'policy'>,
): Promise<FollowedCluster> {
  const rules = clusterRules(policy).map(({ id }) => id);
  if (!hasCredentials(kubeconfig))
    throw new UsageError(
      `the policy turns on ${rules.join(', ')}, which ${rules.length === 1 ? 'has' : 'have'} to know the cluster, and there is no cluster to ask: run in a pod, give --kubeconfig, or set ${rules.length === 1 ? 'its' : 'their'} enforcement to none`,
    );
  const [connection, { createFollowedCluster }] = await Promise.all([
    sharedConnection.open(),
    import('./followed-cluster.ts'),
  ]);
  return createFollowedCluster(connection, registry, log);
}
