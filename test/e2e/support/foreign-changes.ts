import { expect } from 'vitest';
import { api } from './api.ts';
import { type Configuration, configurationPath, path, release } from './names.ts';
import { ourPods } from './release.ts';
import { until } from './until.ts';

const exempting = { key: 'control-plane', operator: 'DoesNotExist' };

/** What the admissions enforcer of AKS does to a configuration, by its field manager; whether it did anything. */
export async function enforce(one: Configuration): Promise<boolean> {
  const { metadata, webhooks = [] } = (await api().get(configurationPath(one))).body;
  if (metadata?.annotations?.['admissions.enforcer/disabled'] === 'true') return false;
  const patch = webhooks.map((_, i) => ({
    ...{ op: 'add', path: `/webhooks/${i}/namespaceSelector/matchExpressions/-`, value: exempting },
  }));
  await change(one, 'admissionsenforcer', patch);
  return true;
}

/** A JSON patch of a configuration by somebody. */
export async function change(one: Configuration, manager: string, patch: readonly object[]): Promise<void> {
  const url = `${configurationPath(one)}?fieldManager=${manager}`;
  const { status, text } = await api().patch(url, patch, { type: 'application/json-patch+json' });
  expect(status, text).toBe(200);
}

/** Waits until every pod of ours says this of the configurations, and is ready all the same. */
export async function allSay(line: RegExp): Promise<void> {
  await until(`all pods say ${line}`, () => doAllSay(line));
}

export async function doAllSay(line: RegExp): Promise<boolean> {
  const answers = await Promise.all((await ourPods()).map(({ metadata }) => readyz(metadata?.name ?? '')));
  return answers.length > 0 && answers.every(({ status, text }) => status === 200 && line.test(text));
}

/** What a pod says of its readiness, and with which status. */
export function readyz(pod: string) {
  return api().get(`${path(release().namespace, 'pods', `${pod}:8080`)}/proxy/readyz?verbose`);
}
