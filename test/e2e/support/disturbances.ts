import { expect } from 'vitest';
import { api } from './api.ts';
import { helm } from './helm.ts';
import { mustKubectl } from './kubectl.ts';
import { path, release } from './names.ts';
import { succeeded } from './program.ts';
import { install, isReady, ourPods, readyPods, settled } from './release.ts';
import type { Thing } from './thing.ts';
import { pause, until } from './until.ts';

/** Something that administrators do, under which no call may be lost. Resolves when it is over, and the old pods are gone. */
export interface Disturbance {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Values under which certificates are renewed and rotated within the test. */
export const hasty = { tls: { selfManaged: { servingDuration: '45s', overlap: '8s' } } };

const deployment = () => `deployment/${release().fullname}`;
const here = () => ['--namespace', release().namespace];

export const disturbances: readonly Disturbance[] = [
  {
    name: 'rolling restart',
    async run() {
      await mustKubectl(['rollout', 'restart', deployment(), ...here()]);
      const rolled = mustKubectl(['rollout', 'status', deployment(), ...here(), '--timeout', '90s']);
      expect(await fewestReady(rolled), 'ready pods at the worst moment').toBeGreaterThanOrEqual(2);
      await settled(2);
    },
  },
  {
    name: 'helm upgrade',
    async run() {
      await install({ ...hasty, podAnnotations: { 'example.com/upgraded': 'yes' } });
      await settled(2);
    },
  },
  {
    name: 'helm rollback',
    async run() {
      const { name } = release();
      succeeded(await helm(['rollback', name, ...here(), '--wait', '--timeout', '90s']), 'helm rollback');
      const [pod] = await settled(2);
      expect(pod?.metadata?.annotations).not.toHaveProperty('example.com/upgraded');
    },
  },
  {
    name: 'scaling from 2 to 4, to 1 and back to 2',
    async run() {
      for (const replicas of [4, 1, 2]) {
        await mustKubectl(['scale', deployment(), `--replicas=${replicas}`, ...here()]);
        await settled(replicas);
      }
    },
  },
  { name: 'each pod evicted in turn', run: evictEach },
];

/** And one at a time: while the first is being replaced, the budget lets nobody have the other. */
async function evictEach(): Promise<void> {
  const pods = await readyPods(2);
  for (const [index, pod] of pods.entries()) {
    await until('the pod may be evicted', async () => (await evict(pod)) !== 429);
    if (index === 0) expect(await evict(pods[1]), 'evicting the other pod meanwhile').toBe(429);
    await readyPods(2);
  }
  await settled(2);
}

async function evict(pod: Thing | undefined): Promise<number> {
  const { namespace } = release();
  const name = pod?.metadata?.name ?? '';
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  const { status, text } = await api().post(`${path(namespace, 'pods', name)}/eviction`, eviction);
  expect([200, 201, 429], text).toContain(status);
  return status;
}

/** How many pods were ready, and not going, when there were fewest of them. */
async function fewestReady(meanwhile: Promise<unknown>): Promise<number> {
  let over = false;
  let fewest = Number.POSITIVE_INFINITY;
  const watch = async () => {
    for (; !over; await pause(100)) fewest = Math.min(fewest, (await ourPods()).filter(isReady).length);
  };
  const end = () => {
    over = true;
  };
  await Promise.all([meanwhile.finally(end), watch()]);
  return fewest;
}
