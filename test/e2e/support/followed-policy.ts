import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { api } from './api.ts';
import { folder } from './folder.ts';
import { doAllSay } from './foreign-changes.ts';
import { path, pathOf, release, tenant } from './names.ts';
import { goodEndpoints } from './objects.ts';
import { run, succeeded } from './program.ts';
import { ourPods } from './release.ts';
import { until } from './until.ts';

/** The ConfigMap that the pods follow, and the key of the policy in it. */
export const policyConfigMap = { name: 'team', key: 'policy.yaml' } as const;

const at = () => path(release().namespace, 'configmaps', policyConfigMap.name);

/** A policy file that says this, as YAML. */
export function policyText(rules: string): string {
  return `apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\nrules: ${rules}\n`;
}

/** Makes the ConfigMap, or has its owner edit it. */
export async function writePolicy(text: string): Promise<void> {
  const data = { [policyConfigMap.key]: text };
  const edited = await api().patch(at(), { data });
  if (edited.status === 200) return;
  const { namespace } = release();
  const made = await api().post(path(namespace, 'configmaps'), { metadata: { name: policyConfigMap.name }, data });
  expect(made.status, made.text).toBe(201);
}

/** Waits until every pod says this. Edits the pods meanwhile: a kubelet looks at once at what was edited, and otherwise every 60 to 90 s. */
export async function soonAllSay(line: RegExp): Promise<void> {
  const hurry = async () => {
    for (const { metadata } of await ourPods()) {
      const annotations = { hurry: `${Date.now()}` };
      await api().patch(path(release().namespace, 'pods', metadata?.name), { metadata: { annotations } });
    }
    return doAllSay(line);
  };
  await until(`all pods say ${line}`, hurry, { every: 2000 });
}

export async function deletePolicy(): Promise<void> {
  const { status, text } = await api().delete(at());
  expect(status, text).toBe(200);
}

/** What `policy check` prints as the digest of such a file. */
export async function digestOf(text: string): Promise<string> {
  const file = join(folder, 'team-policy.yaml');
  writeFileSync(file, text);
  const { out } = succeeded(await run(process.execPath, ['src/main.ts', 'policy', 'check', file]), 'policy check');
  const [digest] = /\b[0-9a-f]{64}\b/.exec(out) ?? [];
  expect(digest, out).toBeDefined();
  return digest ?? '';
}

/** Which of our rules, if any, refuses a tenant's Endpoints at this address; more than one answer where several calls are answered differently. */
export async function judged(namespace: string, ip: string, calls = 20): Promise<readonly string[]> {
  const one = async () => {
    const url = `${pathOf('Endpoints', namespace)}?dryRun=All`;
    const { status, text } = await api().post(url, goodEndpoints('judged', ip), { as: tenant });
    return status === 201 ? 'taken' : (/\[endpoints-webhook: ([a-z-]+)\]/.exec(text)?.[1] ?? `${status} ${text}`);
  };
  return [...new Set(await Promise.all(Array.from({ length: calls }, one)))];
}
