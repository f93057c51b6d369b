/** How much what was followed can be relied on. Times of performance.now(), but for `lastHeard`, of Date.now(). */
export interface Freshness {
  readonly isListed: boolean;
  readonly brokenSince: number | undefined;
  readonly lastHeard: number | undefined;
  heard(): void;
  /** A list was read whole. */
  listed(): void;
  /** Nothing has to be watched, or a watch is open. */
  opened(): void;
  /** The watch has told something. */
  moved(): void;
  /** What was open is not any more. `isGood`: it was of use, even if it told nothing. */
  closed(isGood: boolean): void;
}

/** For `justListed` milliseconds a list is as good as a watch. */
export function createFreshness(justListed: number): Freshness {
  let isListed = false;
  let lastHeard: number | undefined;
  let since: number | undefined = performance.now();
  /** What `since` was before a watch that has told nothing yet: it may end as it has begun. */
  let before: number | undefined;
  let listedAt: number | undefined;
  return {
    get isListed() {
      return isListed;
    },
    get lastHeard() {
      return lastHeard;
    },
    get brokenSince() {
      return since === listedAt && since !== undefined && performance.now() - since < justListed ? undefined : since;
    },
    heard() {
      lastHeard = Date.now();
    },
    listed() {
      isListed = true;
      listedAt = performance.now();
      since = listedAt;
    },
    opened() {
      before = since;
      since = undefined;
    },
    moved() {
      before = undefined;
    },
    closed(isGood) {
      since ??= (isGood ? undefined : before) ?? performance.now();
    },
  };
}
