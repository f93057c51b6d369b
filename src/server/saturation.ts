/** How long something must have been used up before the process is not ready: a burst is no reason. */
const maxSaturatedMilliseconds = 3000;

/** Remembers since when something has been used up. */
export interface Saturation {
  /** Call it whenever it may have changed. */
  update(isFull: boolean): void;
  lasts(): boolean;
}

export function createSaturation(): Saturation {
  let since: number | undefined;
  return {
    update(isFull) {
      if (!isFull) since = undefined;
      else since ??= performance.now();
    },
    lasts: () => since !== undefined && performance.now() - since >= maxSaturatedMilliseconds,
  };
}
