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
  const { image, node } = readEnvironment();
  const { labels = {}, env = {}, spec = {} } = options;
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
  return until(`pod ${name} is ready`, async () => {
    const { body } = await api().get(path(namespace, 'pods', name));
    return isReady(body) && body;
  });
}

/** What a pod has printed. */
export async function logsOf(namespace: string, name: string): Promise<string> {
  const { status, text } = await api().get(`${path(namespace, 'pods', name)}/log`);
  expect(status, text).toBe(200);
  return text;
}
