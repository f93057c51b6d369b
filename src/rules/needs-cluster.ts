import type { ClusterResource } from '../endpoints/cluster-state.ts';

/** What rules have in common that have to know the cluster. */
export function needsCluster(...needs: readonly ClusterResource[]) {
  return { needs, webhookOnly: 'It has to know who has which address in the cluster, which CEL cannot ask.' };
}
