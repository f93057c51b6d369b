import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { configurationPath, configurations, path, release } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { blockOf, type as enter, typed } from '../support/printed.ts';
import { guarding, refusals, settled, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

// What the README and docs/upgrade.md give to be typed: with our release, chart, image and cluster in it, and otherwise as it stands.

const values = {
  shutdown: { drainSeconds: 1 },
  policy: { rules: { 'forbidden-network': { networks: ['198.51.100.0/24'] } } },
};
const upgrade = () => blockOf('docs/upgrade.md', /^helm upgrade endpoints-webhook /);
const template = () => blockOf('docs/upgrade.md', /^helm template /, values);

let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await createNamespace(release().namespace, 'restricted');
  namespace = await freshNamespace('pages');
});

afterAll(() => uninstall().catch(() => {}));

test('the install of the README, and helm test', async () => {
  expect(await typed(blockOf('README.md', /^helm install /, values))).toMatch(/Phase:\s+Succeeded/);
  await guarding(namespace);
});

test('an upgrade', async () => {
  expect(await typed(upgrade())).toContain('REVISION: 2');
});

test('an upgrade after kubectl scale conflicts, and --force-conflicts finishes it', async () => {
  const { fullname, namespace: home } = release();
  await mustKubectl(['scale', `deployment/${fullname}`, '--replicas=3', '--namespace', home]);
  const { code, err } = await enter(upgrade());
  expect(code).toBe(1);
  expect(err).toMatch(/UPGRADE FAILED.*conflict with "kubectl".*\.spec\.replicas/s);
  await typed(`${upgrade().trimEnd()} --force-conflicts`);
  await settled(2);
});

test('a rollback', async () => {
  expect(await typed(blockOf('docs/upgrade.md', /^helm rollback /))).toContain('Rollback was a success');
  await settled(2);
  await guarding(namespace);
});

test('another manager is given the number of pods', async () => {
  expect(await typed(blockOf('docs/upgrade.md', /--field-manager=handover/))).toContain('serverside-applied');
  await settled(2);
});

test('helm template and kubectl apply: guarded, without the pod of helm test', async () => {
  await uninstall();
  await typed(template());
  await settled(2);
  await guarding(namespace);
  const { body } = await api().get(path(release().namespace, 'pods'));
  expect(body.items).toHaveLength(2);
  note(
    'commands',
    '- `helm template --skip-tests | kubectl apply --server-side`: guarded, without a pod of `helm test`.',
  );
});

test('break glass by labels, and the same apply again', async () => {
  await typed(blockOf('README.md', /^ *kubectl delete validatingwebhookconfiguration/));
  for (const one of configurations) expect((await api().get(configurationPath(one))).status).toBe(404);
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  await typed(template());
  await guarding(namespace);
  await typed(template().replace('kubectl apply --server-side', 'kubectl delete'));
});
