/** Lets so many go on at once; the others wait. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate(most: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running === most) await new Promise<void>((goOn) => waiting.push(goOn));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** Lets so many go on at once, and of one namespace one at a time. */
export function createFairGate(most: number): <T>(namespace: string, work: () => Promise<T>) => Promise<T> {
  const gate = createGate(most);
  const namespaces = new Map<string, { readonly gate: Gate; users: number }>();
  return async (namespace, work) => {
    const own = namespaces.get(namespace) ?? { gate: createGate(1), users: 0 };
    namespaces.set(namespace, own);
    own.users++;
    try {
      return await own.gate(() => gate(work));
    } finally {
      if (--own.users === 0) namespaces.delete(namespace);
    }
  };
}

/** The answer, or after so many milliseconds what there is to say then: what waits for its turn may have less time than those before it. */
export async function inTime<T>(
  asked: Promise<T>,
  milliseconds: number,
  late: (milliseconds: number) => T,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late(milliseconds)), milliseconds);
  });
  const answer = await Promise.race([asked, end]);
  clearTimeout(timer);
  return answer;
}
