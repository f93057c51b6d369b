import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { kinds, path, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { ourTag } from '../support/objects.ts';
import { run, succeeded } from '../support/program.ts';
import { guarding, install, isReady, ourPods, refusal, settled, uninstall, valuesText } from '../support/release.ts';
import { note } from '../support/report.ts';
import type { Thing } from '../support/thing.ts';
import { until } from '../support/until.ts';

// An upgrade to another policy, whose pods never start.

const { helm3 } = readEnvironment();
const programs = ['helm', ...(helm3 ? [helm3] : [])];
const here = () => ['--namespace', release().namespace];
const drain = { shutdown: { drainSeconds: 1 } };

describe.each(programs)('%s', (program) => {
  let namespace: string;
  let before: string;

  beforeAll(async () => {
    namespace = await freshNamespace('policy');
    await uninstall().catch(() => {}); // of the other Helm
    await install(drain, program);
    await guarding(namespace);
    before = mounted((await ourPods())[0]);
    await upgradeBadly(program);
    await until('a pod of the new policy fails', async () => (await failing()).length > 0);
  });

  afterAll(() => uninstall(program));

  test('the old pods can be made anew, with the old policy', async () => {
    const old = (await ourPods()).filter((pod) => mounted(pod) === before).map(({ metadata }) => metadata?.name ?? '');
    expect(old).toHaveLength(2);
    await mustKubectl(['delete', 'pods', ...old, ...here(), '--force']);
    await until('two others are ready', async () => {
      const ready = (await ourPods()).filter(isReady);
      return ready.length === 2 && ready.every(({ metadata }) => !old.includes(metadata?.name ?? '')) && ready;
    });
    await guarding(namespace);
    for (const pod of (await ourPods()).filter(isReady)) expect(mounted(pod)).toBe(before);
  });

  test('no policy can be edited', async () => {
    const { status, body } = await api().patch(path(release().namespace, 'configmaps', before), {
      data: { 'policy.yaml': '' },
    });
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining('field is immutable when `immutable` is set'),
    ]);
  });

  test('the first helm rollback fixes it', async () => {
    const rolled = await helm(['rollback', release().name, ...here(), '--wait', '--timeout', '90s'], program);
    succeeded(rolled, 'helm rollback');
    for (const pod of await settled(2)) expect(mounted(pod)).toBe(before);
    for (const kind of kinds) expect(await refusal(namespace, kind)).toMatch(ourTag);
    note(
      'availability',
      `- An upgrade whose pods never start: the old ones, deleted, come back with their policy; the first \`${program.replace(/.*\//, '')} rollback\` fixes it.`,
    );
  });

  test('the commands of the README remove the policies that no ReplicaSet mounts', async () => {
    const { name, namespace: home } = release();
    const [, script = ''] = /^(home=[^`]+)/m.exec(readFileSync(`${readEnvironment().chart}/README.md`, 'utf8')) ?? [];
    const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/component': 'policy' };
    await api().post(path(home, 'configmaps'), { metadata: { name: 'old-policy', labels } });
    const there = await policies();
    expect(there).toContain('old-policy');
    const ours = script
      .replace('home=endpoints-webhook', `home=${home}`)
      .replace('instance=endpoints-webhook', `instance=${name}`);
    succeeded(await run('bash', ['-c', ours]), ours);
    expect(await policies()).toContain(before);
    expect(await policies()).not.toContain('old-policy');
  });
});

async function policies(): Promise<readonly string[]> {
  const { body } = await api().get(
    `${path(release().namespace, 'configmaps')}?labelSelector=app.kubernetes.io/component%3Dpolicy`,
  );
  return (body.items ?? []).map(({ metadata }) => metadata?.name ?? '');
}

/** Another policy, and a flag that no pod starts with. */
async function upgradeBadly(program: string): Promise<void> {
  const { name } = release();
  const values = valuesText({ ...drain, policy: { mode: 'audit' }, extraArgs: ['--no-such-flag'] });
  const flags = [name, readEnvironment().chart, ...here(), '--values', '-'];
  succeeded(await helm(['upgrade', ...flags], program, values), 'helm upgrade');
}

async function failing(): Promise<readonly Thing[]> {
  return (await ourPods()).filter(({ status }) =>
    (status?.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0),
  );
}

/** The name of the ConfigMap that a pod has its policy from. */
function mounted(pod: Thing | undefined): string {
  const volume = pod?.spec?.volumes?.find(({ name }) => name === 'policy');
  return volume?.configMap?.name ?? '';
}
