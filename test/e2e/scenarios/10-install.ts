import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { helm } from '../support/helm.ts';
import { configurationName, configurationPath, configurations, kinds, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { beginPhase } from '../support/phases.ts';
import { type Outcome, run, succeeded } from '../support/program.ts';
import {
  breakGlassWords,
  guarding,
  install,
  isReady,
  ourPods,
  printedCommand,
  readyPods,
  refusal,
  refusals,
} from '../support/release.ts';
import { inSeconds, literally, note } from '../support/report.ts';
import { traffic } from '../support/traffic.ts';
import { pause, timed, until } from '../support/until.ts';

let namespace: string;
let installed: Outcome;

beforeAll(async () => {
  await traffic();
  const ended = beginPhase('before the install');
  await pause(3000);
  ended();
  namespace = await freshNamespace('install');
  await until('the tenant may write', async () => (await refusals(namespace)) === ''); // an API server learns of a Role a moment later
});

test('helm install --wait with default values: guarding soon after it comes back', async () => {
  const ended = beginPhase('install');
  installed = await install();
  for (const one of configurations) // pods are ready only when they are trusted
    expect(await caBundle(one)).toContain('-----BEGIN CERTIFICATE-----');
  const { seconds } = await timed(() => guarding(namespace, 20));
  ended();
  const { image } = readEnvironment();
  const { gitVersion } = (await api().get('/version')).body;
  note('cluster', `Kubernetes ${gitVersion}, the image ${image}.`);
  note(
    'install',
    `- \`helm install --wait\` took ${inSeconds(installed.seconds)}; the first refusal ${inSeconds(seconds)} later.`,
  );
});

test('two pods are ready in a namespace that enforces the restricted Pod Security Standard', async () => {
  const pods = await readyPods(2);
  const { namespace: home } = release();
  const labels = (await api().get(`/api/v1/namespaces/${home}`)).body.metadata?.labels;
  expect(labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
  const restarts = pods.flatMap(({ status }) => (status?.containerStatuses ?? []).map((one) => one.restartCount));
  expect(restarts).toEqual([0, 0]);
});

test.each(configurations)('the API server can verify the webhook by the configuration: %s', async (one) => {
  const bundle = await caBundle(one);
  expect(bundle).toContain('-----BEGIN CERTIFICATE-----');
  expect(bundle).not.toContain('PRIVATE');
});

test.each([
  ['Endpoints', /subsets\[0\]\.ports\[0\]\.protocol: .*\[endpoints-webhook: protocol\]/],
  ['EndpointSlice', /ports\[0\]\.port: .*\[endpoints-webhook: port-range\]/],
] as const)('a tenant is refused, with our name: %s', async (kind, text) => {
  expect(await refusal(namespace, kind)).toMatch(text);
});

test('helm test passes', async () => {
  const { name, namespace: home } = release();
  const tested = await helm(['test', name, '--namespace', home, '--timeout', '60s']);
  expect(tested.code, tested.err + tested.out).toBe(0);
  expect(tested.out).toMatch(/Phase:\s+Succeeded/);
  note('install', `- \`helm test\` passed in ${inSeconds(tested.seconds)}.`);
});

test('the notes name the break-glass command, and it names all configurations', async () => {
  const { name, namespace: home } = release();
  const { out } = await helm(['get', 'notes', name, '--namespace', home]);
  const words = breakGlassWords(out);
  expect(words).toEqual(['delete', ...configurations.map((one) => configurationName(one))]);
  note('install', `- What Helm printed:\n${literally(out.replaceAll(home, 'NAMESPACE'))}`);
});

test('the commands of the notes that must be refused are, as printed', async () => {
  const { name, namespace: home } = release();
  const { out } = await helm(['get', 'notes', name, '--namespace', home]);
  const probes = out.split('\n').filter((line) => line.endsWith('# must be refused'));
  expect(probes).toHaveLength(kinds.length);
  for (const [index, probe] of probes.entries()) {
    const { code, err } = await run('bash', ['-c', probe]);
    expect(code, err).toBe(1);
    expect(err).toContain(`The ${kinds[index]} "probe" is invalid: `);
    expect(err).toContain('[endpoints-webhook: special-address]');
  }
});

test('the command of the notes that allows all writes for a while works, as printed but for the chart', async () => {
  const printed = await printedCommand(/^ *helm upgrade .*failurePolicy=Ignore$/);
  const { chart } = readEnvironment();
  succeeded(await run('bash', ['-c', printed.replace('<chart>', chart)]), printed);
  for (const one of configurations) {
    const { body } = await api().get(configurationPath(one));
    expect([...new Set(body.webhooks?.map(({ failurePolicy }) => failurePolicy))]).toEqual(['Ignore']);
  }
  expect((await readyPods(2)).map(isReady)).toEqual([true, true]);
});

test('no pod logged an error', async () => {
  const { namespace: home } = release();
  for (const pod of await ourPods()) {
    const { text } = await api().get(`/api/v1/namespaces/${home}/pods/${pod.metadata?.name}/log`);
    const errors = text.split('\n').filter((line) => /"level":(50|60)/.test(line));
    expect(errors).toEqual([]);
  }
});

async function caBundle(configuration: (typeof configurations)[number]): Promise<string> {
  const { status, body, text } = await api().get(configurationPath(configuration));
  expect(status, text).toBe(200);
  const bundles = [...new Set(body.webhooks?.map(({ clientConfig }) => clientConfig.caBundle ?? ''))];
  expect(bundles).toHaveLength(1);
  return Buffer.from(bundles[0] ?? '', 'base64').toString();
}
