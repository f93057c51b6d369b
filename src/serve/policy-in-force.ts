import type { Policy } from '../policy/policy.ts';
import type { InForce, Live } from '../server/in-force.ts';
import type { ReadinessCheck } from '../server/operations.ts';
import { type AskingOptions, createAskAccess } from './authorizer.ts';
import type { SharedCluster } from './cluster.ts';
import { choosePolicy, type PolicyFiles } from './first-policy.ts';
import { keepPolicy } from './kept-policy.ts';
import { createIntake } from './policy-intake.ts';
import { reloadEvents } from './policy-reload.ts';
import { areFollowed } from './policy-source.ts';

/** The policy by which reviews are judged, for as long as the process runs. */
export interface PolicyInForce extends Live<InForce> {
  /** Follows the cluster and the files from now on. */
  start(): void;
  /** Reads the files at once. */
  reload(): void;
  check(): ReadinessCheck;
  close(): void;
}

interface Options extends Omit<AskingOptions, 'policy'>, PolicyFiles {
  readonly cluster: SharedCluster;
}

/**
 * Reads the policy files, and takes what they say later whenever it is valid, and all that it has to know of the cluster was read. Rejects
 * with a UsageError or ClusterError where the first cannot be used, and none was kept.
 */
export async function openPolicy(options: Options): Promise<PolicyInForce> {
  const { files, keptFile, cluster, metrics, log } = options;
  const events = reloadEvents(metrics, log);
  const prepare = async (policy: Policy): Promise<InForce> => ({
    policy,
    askAccess: await createAskAccess({ ...options, policy }),
    cluster: await cluster.open(policy),
  });
  const isFollowed = areFollowed(files);
  const { policy, content } = choosePolicy(options, events);
  let current = await prepare(policy);
  const use = (next: InForce) => {
    current = next;
    metrics.setPolicy(next.policy.digest);
    cluster.use(next.policy);
    if (keptFile !== undefined && isFollowed) keepPolicy(keptFile, next.policy, log);
  };
  const intake = createIntake({ ...options, content, events, prepare, use, current: () => current.policy });
  let end = () => {};
  return {
    get current() {
      return current;
    },
    start() {
      use(current);
      if (isFollowed) end = intake.follow();
    },
    reload: () => (isFollowed ? intake.look() : log.info('there are no policy files to read anew')),
    check: () => events.check(current.policy),
    close: () => end(),
  };
}
