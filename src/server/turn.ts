/** So many at most go on together: then everything else has its turn. */
const maxTogether = 32;

/**
 * Returns what waits until the event loop has read what has arrived. Then requests take the same steps one right after the other: a step is
 * more code than a processor keeps at hand beside that of reading from sockets and writing to them, and is fetched once for all of them.
 */
export function createTurn(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const run = () => {
    const together = waiting.splice(0, maxTogether);
    if (waiting.length > 0) setImmediate(run);
    for (const goOn of together) goOn();
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(run);
    });
}

/** Resolved: whoever awaits it goes on when all others of the same turn have come as far. */
export const others = Promise.resolve();
