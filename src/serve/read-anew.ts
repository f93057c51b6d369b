import { answerWithin } from '../cluster/answer-within.ts';
import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import type { LiveCluster } from '../server/live-cluster.ts';
import { resourceNames } from '../state/cluster-store.ts';
import type { FollowedKind } from './followed-kind.ts';

/** `state`: of what was ever read, also if it can no longer be followed. */
export function readAnew(state: ClusterState, kinds: readonly FollowedKind[]): LiveCluster['readAnew'] {
  return async (milliseconds) => {
    const stale = kinds.filter((kind) => kind.staleMilliseconds() !== undefined);
    if (stale.length === 0) return undefined;
    const read = stale.map(async (kind) => [kind.resource, await problemOf(kind, milliseconds)] as const);
    const problems = new Map<ClusterResource, string | undefined>(await Promise.all(read));
    return {
      ...state,
      unknown(resource) {
        const problem = problems.get(resource);
        return problem === undefined
          ? state.unknown(resource)
          : `${resourceNames[resource]} could not be read: ${problem}`;
      },
    };
  };
}

/** Why it could not be read in time; `undefined` where it was. */
async function problemOf(kind: FollowedKind, milliseconds: number): Promise<string | undefined> {
  const read = kind.refresh().then(
    () => undefined,
    (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }),
  );
  return (await answerWithin(read, milliseconds))?.problem;
}
