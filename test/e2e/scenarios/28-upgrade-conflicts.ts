import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { change } from '../support/foreign-changes.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { path, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { guarding, install, readyPods, settled, uninstall } from '../support/release.ts';
import { replicasDuring } from '../support/replicas.ts';
import { literally, note } from '../support/report.ts';
import { documented, follow } from '../support/upgrade-guide.ts';

// What docs/upgrade.md tells whoever has changed something that is Helm's.

const drain = { shutdown: { drainSeconds: 1 } };
const [keep = '', overwrite = ''] = documented('Conflicts');
const [switchOff = ''] = documented('Switch autoscaling off');

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('conflicts');
  await install(drain);
  await settled(2);
});

afterAll(() => uninstall().catch(() => {}));

describe('after kubectl scale', () => {
  beforeAll(async () => {
    const { fullname, namespace: home } = release();
    await mustKubectl(['scale', `deployment/${fullname}`, '--replicas=3', '--namespace', home]);
    await readyPods(3);
  });

  test('the next upgrade names whom it conflicts with, and over what', async () => {
    const failure = await failureOf(drain);
    expect(failure).toMatch(/UPGRADE FAILED.*conflict with "kubectl".*\.spec\.replicas/s);
    note(
      'upgrades',
      `- After kubectl scale Helm says:\n${literally(failure.replaceAll(release().namespace, 'NAMESPACE'))}`,
    );
  });

  test('it goes through with the number that there is', async () => {
    await follow(keep);
    await settled(3);
    await guarding(namespace);
  });

  test('and with any other once it has overwritten it', async () => {
    expect(await failureOf(drain)).toContain('conflict');
    await follow(`${overwrite.trimEnd()} --set replicaCount=2`);
    await settled(2);
    await install({ ...drain, replicaCount: 1 });
    await settled(1);
    await install(drain);
    await settled(2);
    await guarding(namespace);
  });
});

test('after kubectl edit of a configuration, too', async () => {
  const edited = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }];
  await change('validating/endpoints', 'kubectl-edit', edited);
  expect(await failureOf(drain)).toMatch(/conflict with "kubectl-edit".*failurePolicy/s);
  await follow(overwrite);
  await install(drain);
  await guarding(namespace);
});

test('the autoscaler is switched off after it has changed the number', async () => {
  await install({ ...drain, autoscaling: { enabled: true, minReplicas: 3 } });
  await readyPods(3);
  const seen = await replicasDuring(() => follow(switchOff));
  note('upgrades', `- Autoscaling switched off: replicas ${seen.join(', ')}.`);
  expect(seen).toEqual([3]);
  await settled(3);
  const { fullname, namespace: home } = release();
  const autoscaler = path(home, 'horizontalpodautoscalers', fullname, 'autoscaling/v2');
  expect((await api().get(autoscaler)).status).toBe(404);
  await install(drain);
  await guarding(namespace);
});

async function failureOf(values: Parameters<typeof install>[0]): Promise<string> {
  return await install(values).then(
    () => '',
    (error: unknown) => String(error),
  );
}
