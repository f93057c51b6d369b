import { type AddressKey, addressKey } from '../endpoints/address.ts';
import type { ClusterState, PodHolder } from '../endpoints/cluster-state.ts';

/** What an API server has just said of who has some addresses, where it is not what was known. */
export interface Answers {
  /** Who has an address no more. The very entries that were known: one that has come back since is another. */
  readonly gone: ReadonlyMap<AddressKey, readonly PodHolder[]>;
  /** Who has one of which that was not known. */
  readonly found: ReadonlyMap<AddressKey, readonly PodHolder[]>;
  /** Why some of it could not be asked; absent where all was answered. */
  readonly unconfirmed?: string | undefined;
}

/** What is known with the answers over it. Whatever is heard later is seen through them. */
export function withAnswers(state: ClusterState, { gone, found, unconfirmed }: Answers): ClusterState {
  return {
    ...state,
    unconfirmed: unconfirmed ?? state.unconfirmed,
    podsAt(address) {
      const key = addressKey(address);
      const known = state.podsAt(address);
      const [without, more = []] = [gone.get(key), found.get(key)];
      return [...(without ? known.filter((pod) => !without.includes(pod)) : known), ...more];
    },
  };
}
