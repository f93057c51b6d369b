import type { Policy } from '../policy/policy.ts';
import type { InForce } from '../server/in-force.ts';
import type { SharedCluster } from './cluster.ts';
import type { PolicyFiles } from './first-policy.ts';
import { problemOf, type ReloadEvents } from './policy-reload.ts';
import { readAgain } from './policy-source.ts';

interface Options extends PolicyFiles {
  /** What the files held when they were looked at; `undefined` where that is to be taken yet. */
  readonly content: string | undefined;
  readonly cluster: Pick<SharedCluster, 'follow' | 'unread'>;
  readonly events: ReloadEvents;
  /** Rejects where a policy cannot be used here. */
  readonly prepare: (policy: Policy) => Promise<InForce>;
  readonly use: (next: InForce) => void;
  readonly current: () => Policy;
}

/** How a policy becomes the one in force after the start. */
interface Intake {
  /** Looks at the files again and again. Returns what ends it. */
  follow(): () => void;
  /** Takes what they hold, whether it has changed or not. */
  look(): void;
}

/** How often the files are read, and how often it is asked whether a policy that waits for the cluster can be taken. */
const [readingMilliseconds, waitingMilliseconds] = [10_000, 500];

export function createIntake(options: Options): Intake {
  const { files, extraServiceLabels, cluster, events, prepare, use, current } = options;
  let { content } = options;
  let waiting: InForce | undefined;
  function take(next: InForce): void {
    const replaced = current();
    if (next.policy.digest !== replaced.digest) use(next);
    waiting = undefined;
    events.taken(current(), replaced);
  }
  function takeWaiting(): void {
    if (!waiting) return;
    const unread = cluster.unread(waiting.policy);
    if (unread === undefined) take(waiting);
    else events.waits(unread);
  }
  async function look(isForced: boolean): Promise<void> {
    const source = readAgain(files, extraServiceLabels);
    if (!isForced && source.content === content) return;
    content = source.content;
    waiting = undefined;
    try {
      waiting = await prepare(source.parse());
      cluster.follow(waiting.policy);
      takeWaiting();
    } catch (error) {
      events.refused(problemOf(error));
    }
  }
  const enqueue = oneAtATime(look);
  return {
    follow() {
      const timers = [
        setInterval(enqueue, readingMilliseconds, false).unref(),
        setInterval(takeWaiting, waitingMilliseconds).unref(),
      ];
      enqueue(false);
      return () => timers.forEach(clearInterval);
    },
    look: () => enqueue(true),
  };
}

/** Only one look waits for its turn: signals may come faster than files are read, and reviews are answered meanwhile. */
function oneAtATime(look: (isForced: boolean) => Promise<void>): (isForced: boolean) => void {
  let looking = Promise.resolve();
  let next: { readonly isForced: boolean } | undefined;
  return (isForced) => {
    const isQueued = next !== undefined;
    next = { isForced: isForced || next?.isForced === true };
    if (isQueued) return;
    looking = looking.then(() => {
      const { isForced: wanted = false } = next ?? {};
      next = undefined;
      return look(wanted);
    });
  };
}
