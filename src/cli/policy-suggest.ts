import { connect } from '../cluster/connection.ts';
import { kubeconfigList } from '../cluster/kubeconfig.ts';
import { printedLine } from '../endpoints/visible.ts';
import { openClusterReader } from '../scan/cluster-reader.ts';
import { readNetworks } from '../scan/read-networks.ts';
import { type Profile, policyText } from '../suggest/policy-text.ts';
import type { Io } from './io.ts';

export interface PolicySuggestOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly profile: Profile;
  /** Time limit for one answer of the API server, in milliseconds. */
  readonly timeout: number;
}

/**
 * Prints a policy for a cluster, with the evidence for its networks. Only reads. Exit code 0, also where something could not be read:
 * that is said. Throws a ClusterError where the cluster cannot be asked at all.
 */
export async function suggestPolicy(options: PolicySuggestOptions, version: string, io: Io): Promise<number> {
  const { environment = {} } = io;
  const kubeconfig = options.kubeconfig ?? kubeconfigList(environment.KUBECONFIG);
  const plugin = { pluginTimeout: options.timeout, tell: io.err };
  const connection = connect(kubeconfig, options.context, { environment, ...plugin });
  try {
    const cluster = await openClusterReader(connection, { timeout: options.timeout }, io);
    const evidence = await readNetworks(cluster);
    io.progress?.('');
    const unread = cluster.unread().map(({ what, why }) => `${what}: ${why}`);
    for (const text of unread) io.err(printedLine(`could not read ${text}`));
    const about = {
      tool: version,
      cluster: `the cluster at ${connection.host}, Kubernetes ${cluster.version}`,
      unread,
    };
    io.out(policyText(options.profile, evidence, about));
    return 0;
  } finally {
    await connection.close();
  }
}
