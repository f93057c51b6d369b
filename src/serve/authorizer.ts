import type { Logger } from 'pino';
import { hasCredentials } from '../cluster/credentials.ts';
import type { Policy } from '../policy/policy.ts';
import { mayExemptByRbac } from '../policy/rbac-exemption.ts';
import type { AskAccess } from '../review/access.ts';
import { createAccess } from '../server/access.ts';
import type { Metrics } from '../server/metrics.ts';
import { askAboutWildcards } from '../server/wildcards.ts';
import type { SharedConnection } from './shared-connection.ts';

/** What asking a cluster takes. */
export interface AskingOptions {
  readonly policy: Policy;
  readonly kubeconfig: string | undefined;
  readonly connection: SharedConnection;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Asks for RBAC exemptions as the policy says, within limits, and counts. Rejects as `createAuthorizer` does. */
export async function createAskAccess(options: AskingOptions): Promise<AskAccess> {
  const { wildcards, cacheTtlMilliseconds: cacheMilliseconds } = options.policy.authorization;
  const ask = askAboutWildcards(await createAuthorizer(options), wildcards);
  return createAccess({ ask, cacheMilliseconds, count: options.metrics.countAccessReview });
}

/**
 * Asks the API server for RBAC exemptions, where the policy can need one and there are credentials; otherwise answers that
 * there is no cluster to ask. Rejects with a ClusterError where the kubeconfig cannot be used.
 */
async function createAuthorizer({
  policy,
  kubeconfig,
  connection: sharedConnection,
  log,
}: AskingOptions): Promise<AskAccess> {
  if (!mayExemptByRbac(policy)) return refuseToAsk;
  if (!hasCredentials(kubeconfig)) {
    log.warn({ reason: noCluster }, 'RBAC exemptions cannot be granted');
    return refuseToAsk;
  }
  const [connection, { createAccessReviews }] = await Promise.all([
    sharedConnection.open(),
    import('../cluster/access-reviews.ts'),
  ]);
  const ask = createAccessReviews(connection);
  return async (question, milliseconds) => {
    const { allowed, problem } = await ask(question, milliseconds);
    if (problem !== undefined) return { result: 'unanswered', reason: `${problem}; try again` };
    return { result: allowed ? 'allowed' : 'refused' };
  };
}

export const noCluster = 'no cluster to ask: run in a pod or give --kubeconfig';

const refuseToAsk: AskAccess = async () => ({ result: 'unanswered', reason: noCluster });
