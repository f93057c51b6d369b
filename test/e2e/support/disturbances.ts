import { expect } from 'vitest';
import { api } from './api.ts';
import { helm } from './helm.ts';
import { mustKubectl } from './kubectl.ts';
import { path, release } from './names.ts';
import { succeeded } from './program.ts';
import { install, readyPods, settled } from './release.ts';
import { until } from './until.ts';

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
      await mustKubectl(['rollout', 'status', deployment(), ...here(), '--timeout', '90s']);
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

async function evictEach(): Promise<void> {
  const { namespace } = release();
  for (const { metadata } of await readyPods(2)) {
    const name = metadata?.name ?? '';
    await until(`${name} may be evicted`, async () => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
      const { status, text } = await api().post(`${path(namespace, 'pods', name)}/eviction`, eviction);
      expect([200, 201, 429], text).toContain(status);
      return status !== 429;
    });
    await readyPods(2);
  }
  await settled(2);
}
