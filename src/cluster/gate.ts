/** Lets so many go on at once; the others wait. Of those that wait each asker has one turn after the other, however many are one's own. */
export type Gate = <T>(asker: string, work: () => Promise<T>) => Promise<T>;

export function createGate(most: number): Gate {
  const waiting = new Map<string, (() => void)[]>(); // by asker, in the order of their turns
  let running = 0;
  const wait = (asker: string) =>
    new Promise<void>((goOn) => {
      waiting.set(asker, [...(waiting.get(asker) ?? []), goOn]);
    });
  const letNext = () => {
    for (const [asker, [goOn, ...others]] of waiting) {
      waiting.delete(asker);
      if (others.length > 0) waiting.set(asker, others); // at the end
      if (goOn) return goOn();
    }
    running--;
  };
  return async (asker, work) => {
    if (running === most) await wait(asker);
    else running++;
    try {
      return await work();
    } finally {
      letNext();
    }
  };
}
