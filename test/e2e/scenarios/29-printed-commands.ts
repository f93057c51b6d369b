import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type As, api } from '../support/api.ts';
import { helm } from '../support/helm.ts';
import { configurationPath, configurations, freshName, path, pathOf, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { goodEndpoints } from '../support/objects.ts';
import { type as enter, printedCommands, typed, writeNextChart } from '../support/printed.ts';
import { succeeded } from '../support/program.ts';
import { guarding, install, refusals, scale, settled, uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { grant, plainWrite } from '../support/rights.ts';
import { until } from '../support/until.ts';

// What the notes of a release give to be typed, typed as it stands; only what stands in angle brackets is filled in.

const drain = { shutdown: { drainSeconds: 1 } };
const policy = { rules: { 'forbidden-network': { networks: ['198.51.100.0/24'] } } };

/** Each kind of command that the notes of these values hold. */
const kinds = {
  helmTest: /^ +helm test /,
  refused: /# must be refused$/,
  rolebinding: /create rolebinding /,
  breakGlass: /^ +kubectl delete \S*webhookconfiguration/,
  restart: / rollout restart /,
  allow: /failurePolicy=Ignore$/,
  stop: /validating\.enabled=false$/,
  policies: / delete configmaps /,
} as const;
/** `policy suggest` is typed by 25-ownership.ts, and `verify` by 34-verify.ts; there is no Argo CD and no Flux here. */
const notHere = [/^ +endpoints-webhook (?:policy suggest|verify) /, /^ +argocd app set /, /^ +flux suspend /];

let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await install({ ...drain, policy });
  namespace = await freshNamespace('printed');
  await guarding(namespace);
});

afterAll(() => uninstall().catch(() => {}));

test('every command of the notes is typed here, or cannot be', async () => {
  const known = [...Object.values(kinds), ...notHere];
  const commands = await printedCommands();
  expect(commands.filter((command) => !known.some((one) => one.test(command)))).toEqual([]);
  for (const one of known)
    expect(
      commands.filter((command) => one.test(command)),
      `${one}`,
    ).not.toEqual([]);
  note('commands', `- ${commands.length} commands of the notes; not typed: those of Argo CD and Flux.`);
});

test('helm test', async () => {
  for (const command of await printed('helmTest')) expect(await typed(command)).toMatch(/Phase:\s+Succeeded/);
});

test('what must be refused is', async () => {
  for (const command of await printed('refused')) {
    const { code, err } = await enter(command);
    expect([code, err]).toEqual([1, expect.stringContaining('[endpoints-webhook: special-address]')]);
  }
});

describe.each([
  ['--user=<name>', (name: string): As => ({ user: name })],
  ['--group=<name>', (name: string): As => ({ user: 'member', groups: [name] })],
])('a role binding: %s', (flag, asOf) => {
  test('lets this one have forbidden targets in this namespace', async () => {
    const [command = ''] = await printed('rolebinding');
    const [here, elsewhere] = [await freshNamespace('bound'), await freshNamespace('not-bound')];
    const name = freshName('trusted');
    const as = asOf(name);
    for (const one of [here, elsewhere]) await grant(one, { user: as.user }, plainWrite);
    expect(await writes(here, as)).toBe(403);
    await typed(command.replace('--user=<name>', flag), { '<namespace>': here, '<name>': name });
    await until('he may', async () => (await writes(here, as)) === 201);
    expect(await writes(elsewhere, as)).toBe(403);
  });
});

test('break glass; helm upgrade and a restart of the pods undo it', async () => {
  const [command = ''] = await printed('breakGlass');
  const [restart = ''] = await printed('restart');
  await typed(command);
  for (const one of configurations) expect((await api().get(configurationPath(one))).status).toBe(404);
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  await upgrade();
  await typed(restart);
  await settled(2);
  await guarding(namespace);
});

test('to allow writes while no pod answers', async () => {
  const [command = ''] = await printed('allow');
  await typed(command);
  await guarding(namespace);
  await scale(0);
  await until('everybody may write', async () => (await refusals(namespace)) === '');
  await scale(2);
  await upgrade('--set', 'webhooks.validating.failurePolicy=Fail');
});

test('to stop validating', async () => {
  const [command = ''] = await printed('stop');
  await typed(command);
  const validating = configurations.filter((one) => one.startsWith('validating/'));
  for (const one of validating) expect((await api().get(configurationPath(one))).status).toBe(404);
  expect(await refusals(namespace)).toBe('');
  await upgrade('--set', 'webhooks.validating.enabled=true');
  await guarding(namespace);
});

describe('across a chart with one value more, which a template needs', () => {
  const next = writeNextChart();
  const addedKey = () => api().get(path(release().namespace, 'configmaps', 'added-key'));

  test('`--reuse-values` fails, so that there is something to see', async () => {
    const { name, namespace: home } = release();
    const { code, err } = await helm(['upgrade', name, next, '--namespace', home, '--reuse-values']);
    expect([code, err]).toEqual([1, expect.stringMatching(/nil pointer/)]);
  });

  test.each(['allow', 'stop'] as const)(
    'the printed helm upgrade works, and keeps the own values: %s',
    async (kind) => {
      const [command = ''] = await printed(kind);
      await typed(command, { '<chart>': next });
      expect((await addedKey()).body.data).toEqual({ text: 'its default' });
      expect(await ownValues()).toMatchObject({ ...drain, policy });
    },
  );

  test('and back', async () => {
    await upgrade('--set', 'webhooks.validating.enabled=true', '--set', 'webhooks.validating.failurePolicy=Fail');
    expect((await addedKey()).status).toBe(404);
    await settled(2);
    await guarding(namespace);
  });
});

test('helm uninstall leaves the policies, and the command removes them', async () => {
  const [command = ''] = await printed('policies');
  await uninstall();
  expect(await ownPolicies()).not.toEqual([]);
  await typed(command);
  expect(await ownPolicies()).toEqual([]);
});

async function printed(kind: keyof typeof kinds): Promise<readonly string[]> {
  const commands = (await printedCommands()).filter((command) => kinds[kind].test(command));
  expect(commands, kind).not.toEqual([]);
  return commands;
}

/** As the notes have it, with the chart that is tested. */
async function upgrade(...flags: readonly string[]): Promise<void> {
  const [command = ''] = await printed('allow');
  await typed([command.replace(/ --set .*/, ''), ...flags].join(' '));
}

/** With which status an address in a forbidden network is answered. */
async function writes(namespace: string, as: As): Promise<number> {
  const url = `${pathOf('Endpoints', namespace)}?dryRun=All`;
  return (await api().post(url, goodEndpoints('target', '198.51.100.7'), { as })).status;
}

async function ownValues(): Promise<unknown> {
  const { name, namespace: home } = release();
  const got = await helm(['get', 'values', name, '--namespace', home, '--output', 'json']);
  return JSON.parse(succeeded(got, 'helm get values').out);
}

async function ownPolicies(): Promise<readonly unknown[]> {
  const labels = `app.kubernetes.io/instance=${release().name},app.kubernetes.io/component=policy`;
  const url = `${path(release().namespace, 'configmaps')}?labelSelector=${encodeURIComponent(labels)}`;
  return (await api().get(url)).body.items ?? [];
}
