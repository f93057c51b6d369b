/** What may wait at once for answers about who has which address. Those beyond are not asked about: nobody keeps others from being answered. */
const maxWaiting = { reviews: 64, reviewsOfNamespace: 16, bytes: 16 * 1024 * 1024 };

/** Returns what to call when the waiting is over, or why there is no room. `bytes`: of the body, which is kept. */
type WaitingRoom = (namespace: string, bytes: number) => (() => void) | string;

export function createWaitingRoom(): WaitingRoom {
  const reviews = new Map<string, number>(); // by namespace
  let [all, held] = [0, 0];
  return (namespace, bytes) => {
    const own = reviews.get(namespace) ?? 0;
    if (all >= maxWaiting.reviews || held + bytes > maxWaiting.bytes)
      return `${all} others wait to be asked about already`;
    if (own >= maxWaiting.reviewsOfNamespace) return `${own} others of this namespace wait to be asked about already`;
    reviews.set(namespace, own + 1);
    all++;
    held += bytes;
    return () => {
      all--;
      held -= bytes;
      const left = (reviews.get(namespace) ?? 1) - 1;
      if (left > 0) reviews.set(namespace, left);
      else reviews.delete(namespace);
    };
  };
}
