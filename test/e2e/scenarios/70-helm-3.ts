import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { configurationPath, configurations, kinds } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { ourTag } from '../support/objects.ts';
import { run } from '../support/program.ts';
import { guarding, install, refusal, refusals, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { until } from '../support/until.ts';

const { helm3 } = readEnvironment();
let namespace: string;

beforeAll(async () => {
  if (!helm3) return;
  namespace = await freshNamespace('helm-3');
  await uninstall().catch(() => {}); // of Helm 4, when this file runs alone
});

const given = needs(helm3, 'there is no helm3 on the PATH');

test('Helm 3 installs, upgrades and keeps the CA meanwhile, and uninstalls', given, async () => {
  const program = helm3 ?? '';
  expect((await run(program, ['version', '--short'])).out).toMatch(/^v3\./);
  await install({}, program);
  await guarding(namespace);
  const before = await caBundles();
  expect(before).not.toContain(undefined);
  await install({ webhooks: { validating: { timeoutSeconds: 4 } } }, program); // the pods stay, and fix nothing
  expect(await caBundles()).toEqual(before);
  for (const kind of kinds) expect(await refusal(namespace, kind)).toMatch(ourTag);
  await uninstall(program);
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  note('install', '- Helm 3 installs, upgrades (the CA in the configurations is kept) and uninstalls as well.');
});

function caBundles(): Promise<readonly (string | undefined)[]> {
  const bundle = async (path: string) => (await api().get(path)).body.webhooks?.[0]?.clientConfig.caBundle;
  return Promise.all(configurations.map((one) => bundle(configurationPath(one))));
}
