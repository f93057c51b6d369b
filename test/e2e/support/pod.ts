import { expect } from 'vitest';
import { api } from './api.ts';
import { readEnvironment } from './environment.ts';
import { path } from './names.ts';
import { isReady } from './release.ts';
import type { Thing } from './thing.ts';
import { until } from './until.ts';

interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** More of the pod's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A pod that runs a script on the `node` of our own image, so that no other image is needed. Resolves when it is ready. */
export async function runPod(
  namespace: string,
  name: string,
  script: string,
  options: PodOptions = {},
): Promise<Thing> {
  await createPod(namespace, name, script, options);
  return podThat('is ready', namespace, name, isReady);
}

/** The same, as soon as the API server has it. */
export async function createPod(
  namespace: string,
  name: string,
  script: string,
  { labels = {}, env = {}, spec = {} }: PodOptions = {},
): Promise<void> {
  const { image, node } = readEnvironment();
  const container = {
    name: 'node',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: [node, '-e', script],
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    securityContext: restricted,
  };
  const whole = {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...spec,
  };
  const pod = { metadata: { name, labels }, spec: { ...whole, containers: [container] } };
  await until(`pod ${name} may be created`, async () => {
    const { status, text } = await api().post(path(namespace, 'pods'), pod);
    // the namespace's service account comes a moment after the namespace
    if (status !== 201) expect(text).toContain('serviceaccount');
    return status === 201;
  });
}

/** Waits for a pod. */
export function podThat(what: string, namespace: string, name: string, is: (pod: Thing) => boolean): Promise<Thing> {
  return until(`pod ${name} ${what}`, async () => {
    const { body } = await api().get(path(namespace, 'pods', name));
    return is(body) && body;
  });
}

/** A pod that never runs and has the status that is written for it, as a kubelet would. */
export async function writePod(namespace: string, name: string, status: object): Promise<void> {
  await createPod(namespace, name, '', { spec: { schedulerName: 'nobody' } });
  const answer = await api().patch(`${path(namespace, 'pods', name)}/status`, { status });
  expect(answer.status, answer.text).toBe(200);
}

/** What a pod has printed. */
export async function logsOf(namespace: string, name: string): Promise<string> {
  const { status, text } = await api().get(`${path(namespace, 'pods', name)}/log`);
  expect(status, text).toBe(200);
  return text;
}
