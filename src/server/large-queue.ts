/**
 * Lets large reviews be judged one at a time, each after the small ones that have arrived: nobody waits for more than one of them.
 * Returns what resolves when it is the caller's turn.
 */
export function createLargeQueue(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
    });
}
