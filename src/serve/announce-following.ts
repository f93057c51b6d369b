import type { Logger } from 'pino';
import type { ClusterStore } from '../state/cluster-store.ts';
import type { FollowedKind } from './followed-kind.ts';

const lookingMilliseconds = 500;

/** What was read for a review counts as followed for a while, though it is not: it has to last for so many looks. */
const looksOfFollowing = 6;

/** Logs once when all is known, and whenever something can no longer be followed, or can again. Returns what ends it. */
export function announceFollowing(
  kinds: readonly FollowedKind[],
  store: Pick<ClusterStore, 'count'>,
  log: Logger,
): () => void {
  let isKnown = false;
  const look = () => {
    if (!isKnown && kinds.every((kind) => kind.isListed())) {
      isKnown = true;
      const counts = Object.fromEntries(kinds.map(({ resource }) => [resource, store.count(resource)]));
      log.info(counts, 'the cluster is known');
    }
    for (const tell of tellings) tell();
  };
  const tellings = kinds.map((kind) => createTelling(kind, log));
  const timer = setInterval(look, lookingMilliseconds).unref();
  return () => clearInterval(timer);
}

function createTelling(kind: FollowedKind, log: Logger): () => void {
  const { resource } = kind;
  let isStale = false;
  let looks = 0;
  return () => {
    looks = kind.isFollowed() ? looks + 1 : 0;
    if (!isStale && kind.staleMilliseconds() !== undefined) {
      isStale = true;
      log.error({ resource, problem: kind.problem() }, 'can no longer be followed: read anew for reviews that need it');
    } else if (isStale && looks >= looksOfFollowing) {
      isStale = false;
      log.info({ resource }, 'can be followed again');
    }
  };
}
