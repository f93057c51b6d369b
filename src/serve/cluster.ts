import { UsageError } from '../cli/usage-error.ts';
import { hasCredentials } from '../cluster/credentials.ts';
import { clusterRules } from '../policy/cluster-needs.ts';
import type { AskingOptions } from './authorizer.ts';
import type { FollowedCluster } from './followed-cluster.ts';

/**
 * The cluster, where a rule has to know it that is on; nothing is loaded where none is. Rejects with a UsageError where there is no cluster
 * to follow: such a rule would do nothing.
 */
export async function createCluster({
  policy,
  kubeconfig,
  connection: sharedConnection,
  metrics: { registry },
  log,
}: AskingOptions): Promise<FollowedCluster | undefined> {
  const rules = clusterRules(policy).map(({ id }) => id);
  if (rules.length === 0) return undefined;
  if (!hasCredentials(kubeconfig))
    throw new UsageError(
      `the policy turns on ${rules.join(', ')}, which ${rules.length === 1 ? 'has' : 'have'} to know the cluster, and there is no cluster to ask: run in a pod, give --kubeconfig, or set ${rules.length === 1 ? 'its' : 'their'} enforcement to none`,
    );
  const [connection, { createFollowedCluster }] = await Promise.all([
    sharedConnection.open(),
    import('./followed-cluster.ts'),
  ]);
  return createFollowedCluster(policy, connection, registry, log);
}
