import { globSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { configurationPath, configurations, path, pathOf, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { badObjects } from '../support/objects.ts';
import { blockOf, blocksOf, typed } from '../support/printed.ts';
import { guarding, install, refusals, settled, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

// What docs/runbooks/, docs/dashboard.md and docs/logs.md give to be typed, for our release and otherwise as it stands.

const runbooks = globSync('docs/runbooks/*.md').sort();
const blocks = new Map(runbooks.flatMap((page) => blocksOf(page).map(({ printed }) => [printed, page])));
const changes = /^helm upgrade|^kubectl delete/;
const looks = [...blocks].filter(([printed]) => !changes.test(printed));
const upgrades = [...blocks].filter(([printed]) => /^helm upgrade/.test(printed));
const ours = (page: string, printed: string) => blocksOf(page).find((one) => one.printed === printed)?.ours ?? '';

/** With an audit, for the runbook of one that has stopped. */
const values = {
  replicaCount: 1,
  shutdown: { drainSeconds: 1 },
  audit: { cronJob: { enabled: true, reports: false } },
};

let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await install(values);
  namespace = await freshNamespace('runbooks');
  await guarding(namespace);
  const url = `${pathOf('Endpoints', namespace)}?dryRun=All`;
  const { status } = await api().post(url, badObjects.Endpoints('alice'), {
    as: { user: 'alice', groups: ['tenants'] },
  });
  expect(status).toBe(422);
  const { fullname, namespace: home } = release();
  const here = ['--namespace', home];
  await mustKubectl(['create', 'job', 'audit-once', `--from=cronjob/${fullname}-audit`, ...here]);
  await mustKubectl(['wait', 'job/audit-once', '--for=condition=complete', '--timeout=120s', ...here]);
});

afterAll(() => uninstall().catch(() => {}));

test.each(looks)('a look: %s (%s)', async (printed, page) => {
  expect(await typed(ours(page, printed))).not.toBe('');
});

test('the log of what alice was refused', async () => {
  const line = await typed(blockOf('docs/logs.md', /"user":"alice"/));
  expect(JSON.parse(line.split('\n')[0] ?? '')).toMatchObject({ user: 'alice', decision: 'denied', namespace });
});

test('the level of the log from a ConfigMap', async () => {
  const words = blockOf('docs/logs.md', /^helm upgrade/)
    .trimEnd()
    .split('\n');
  const [upgrade, flags, create, remove] = words;
  await typed(`${upgrade}\n${flags}`);
  await settled(1);
  expect(await typed(`${create}`)).toContain('created');
  expect(await typed(`${remove}`)).toContain('deleted');
});

test('the dashboard', async () => {
  await typed(blockOf('docs/dashboard.md', /^helm upgrade/));
  const { body } = await api().get(path(release().namespace, 'configmaps', `${release().fullname}-dashboard`));
  expect(body.metadata?.labels).toMatchObject({ grafana_dashboard: '1' });
});

test.each(upgrades)('a change: %s (%s)', async (printed, page) => {
  expect(await typed(ours(page, printed))).toContain('STATUS: deployed');
  await settled(1);
});

test('break glass: all of them deleted, and everybody may write until the next upgrade', async () => {
  await typed(blockOf('docs/runbooks/EndpointsWebhookCallsFailing.md', /^kubectl delete/));
  for (const one of configurations) expect((await api().get(configurationPath(one))).status).toBe(404);
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  await install(values);
  await guarding(namespace);
  note('commands', `- each of the ${blocks.size} different blocks of commands of the runbooks was typed.`);
});
