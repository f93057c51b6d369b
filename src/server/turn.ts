/** What goes on together at most: then everything else has its turn. */
const most = { requests: 32, bytes: 65_536 };

/**
 * Returns what waits, with a body of so many bytes, until the event loop has read what has arrived. Then requests take the same steps one
 * right after the other: a step is more code than a processor keeps at hand beside that of reading from sockets and writing to them, and is
 * fetched once for all of them.
 */
export function createTurn(): (bytes: number) => Promise<void> {
  const waiting: { readonly bytes: number; readonly goOn: () => void }[] = [];
  const run = () => {
    let [count, bytes] = [0, 0];
    for (const one of waiting) {
      bytes += one.bytes;
      if (count === most.requests || (count > 0 && bytes > most.bytes)) break;
      count++;
    }
    const together = waiting.splice(0, count);
    if (waiting.length > 0) setImmediate(run);
    for (const { goOn } of together) goOn();
  };
  return (bytes) =>
    new Promise((goOn) => {
      if (waiting.push({ bytes, goOn }) === 1) setImmediate(run);
    });
}

/** Resolved: whoever awaits it goes on when all others of the same turn have come as far. */
export const others = Promise.resolve();
