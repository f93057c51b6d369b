import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { path, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { succeeded } from '../support/program.ts';
import { guarding, install, settled, uninstall } from '../support/release.ts';

// OpenShift gives pods a user and an fsGroup of the namespace's range, and group 0.

const user = 1_000_680_000;
const chosen = { runAsUser: user, runAsGroup: null, fsGroup: user };
const script = `console.log(process.getuid(), process.getgid(), fs.readdirSync('/var/lib/endpoints-webhook').join())`;

let namespace: string;

beforeAll(async () => {
  const { namespace: home } = release();
  namespace = await freshNamespace('openshift');
  await createNamespace(home, 'restricted');
  const data = { 'policy.yaml': '{apiVersion: endpoints-webhook.io/v1alpha1, kind: Policy}' };
  await api().post(path(home, 'configmaps'), { metadata: { name: 'overlay' }, data });
});

afterAll(async () => {
  await uninstall().catch(() => {});
  await api().delete(path(release().namespace, 'configmaps', 'overlay'));
});

test('pods of any user guard, write down the last good policy, and helm test passes', async () => {
  const { name, namespace: home } = release();
  const policyConfigMap = { name: 'overlay', key: 'policy.yaml' };
  await install({ shutdown: { drainSeconds: 1 }, podSecurityContext: chosen, policyConfigMap });
  await guarding(namespace);
  for (const { metadata } of await settled(2)) {
    const exec = ['exec', '--namespace', home, metadata?.name ?? '', '--', readEnvironment().node];
    expect(await mustKubectl([...exec, '--eval', script])).toBe(`${user} 0 policy.json\n`);
  }
  succeeded(await helm(['test', name, '--namespace', home, '--timeout', '60s']), 'helm test');
});
