interface Limits {
  readonly firstBackoff: number;
  readonly maxBackoff: number;
}

export interface Backoff {
  /** Milliseconds to wait after one more failure. */
  next(retryAfterSeconds?: number): number;
  /** The same, but the first failure is not waited for. */
  nextAtOnce(): number;
  reset(): void;
}

/** Waits double with each failure and are jittered, so that clients that failed together do not come back together. */
export function createBackoff({ firstBackoff, maxBackoff }: Limits): Backoff {
  let failures = 0;

  function next(retryAfterSeconds?: number): number {
    const doubled = Math.min(maxBackoff, firstBackoff * 2 ** failures++);
    if (retryAfterSeconds !== undefined) return Math.min(maxBackoff, Math.max(firstBackoff, retryAfterSeconds * 1000));
    return doubled * (0.5 + Math.random() / 2);
  }

  return {
    next,
    nextAtOnce() {
      if (failures > 0) return next();
      failures++;
      return 0;
    },
    reset() {
      failures = 0;
    },
  };
}
