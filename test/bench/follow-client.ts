// Follows the pods of a cluster into the state that `serve` keeps, and measures itself: run as a bundle, as that is what is deployed. Says
// what the list cost, waits to be told that events are coming, and says what those cost.
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/cluster/connection.ts';
import { follow } from '../../src/cluster/follow.ts';
import { createClusterStore } from '../../src/state/cluster-store.ts';

export interface Synced {
  readonly seconds: number;
  /** Of all threads, V8's own among them. */
  readonly cpuSeconds: number;
  /** Kept for what is followed, after a collection. */
  readonly heapMebibytes: number;
  /** Of the whole process, at the most. */
  readonly peakMebibytes: number;
  /** Of the whole process, before. */
  readonly idleMebibytes: number;
  /** How long the event loop was held, in milliseconds, as looks every 10 ms see it: 10 is no hold at all. */
  readonly hold: { readonly p99: number; readonly most: number };
  readonly pods: number;
}

export interface Watched {
  /** Of one core. */
  readonly cpuShare: number;
  readonly eventsPerSecond: number;
}

const mebibyte = 1024 * 1024;

async function measure(kubeconfig: string, seconds: number): Promise<void> {
  const connection = connect(kubeconfig);
  const store = createClusterStore();
  const { pods } = store.sinks;
  const timeout = { signal: AbortSignal.timeout(10_000), headersTimeout: 10_000 };
  await (await connection.stream('/version', timeout)).body.dump(); // connected, and everything is loaded
  const [heapBefore, idleBefore] = [heapInUse(), process.memoryUsage.rss()];
  const delay = monitorEventLoopDelay({ resolution: 10 });
  let events = 0;
  const sink = {
    ...pods,
    put(item: unknown) {
      events++;
      pods.put(item);
    },
  };
  const listed = Promise.withResolvers<void>();
  delay.enable();
  const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
  const following = follow(connection, '/api/v1/pods', sink, {
    listed: () => listed.resolve(),
    problem: console.error,
  });
  await listed.promise;
  const elapsed = performance.now() - began;
  const { user: userTime, system: systemTime } = process.cpuUsage(cpuBefore);
  delay.disable();
  const synced: Synced = {
    seconds: elapsed / 1000,
    cpuSeconds: (userTime + systemTime) / 1e6,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
    idleMebibytes: idleBefore / mebibyte,
    hold: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 },
    pods: store.count('pods'),
    heapMebibytes: (heapInUse() - heapBefore) / mebibyte,
  };
  process.send?.(synced);
  await once(process, 'message');
  const [seen, cpu, from] = [events, process.cpuUsage(), performance.now()];
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = performance.now() - from;
  const watched: Watched = {
    cpuShare: (user + system) / 1000 / milliseconds,
    eventsPerSecond: ((events - seen) * 1000) / milliseconds,
  };
  process.send?.(watched);
  await following.close();
  await connection.close();
}

function heapInUse(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const [, , kubeconfig = '', seconds = ''] = process.argv;
measure(kubeconfig, Number(seconds)).then(() => process.disconnect?.());
