import { beforeAll, expect, test } from 'vitest';
import { issueAuthority } from '../../../src/certificates/issue.ts';
import { api } from '../support/api.ts';
import { caBundle } from '../support/ca-bundle.ts';
import { expiredTwin } from '../support/expired.ts';
import { mustKubectl } from '../support/kubectl.ts';
import {
  type Configuration,
  caSecretName,
  configurationName,
  configurationPath,
  configurations,
  path,
  release,
} from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { logsOf } from '../support/pod.ts';
import { guarding, install, readyPods, refusal, scale } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import type { Thing } from '../support/thing.ts';
import { timed, until } from '../support/until.ts';
import { hour } from '../support/way.ts';

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('healing');
  await install({ shutdown: { drainSeconds: 1 }, tls: { selfManaged: { overlap: '8s' } } });
  await guarding(namespace);
});

const secret = () => path(release().namespace, 'secrets', caSecretName());
const encode = (text: string) => Buffer.from(text).toString('base64');

test('a foreign CA in all configurations is replaced', async () => {
  const foreign = encode((await issueAuthority('foreign', hour())).certificate);
  await bundleBecomes(foreign);
  const { seconds } = await timed(() => healed(configurations, foreign));
  note(
    'lock-out',
    `- A foreign CA in the configurations: healed after ${inSeconds(seconds)} (overlap 8 s, so looked at about every 2 s).`,
  );
});

test.each(configurations)('a configuration replaced without a CA gets it again: %s', async (one) => {
  const resource = configurationName(one);
  const live: Thing = JSON.parse(await mustKubectl(['get', resource, '--output', 'json']));
  const webhooks = live.webhooks?.map(({ clientConfig: { caBundle: _, ...clientConfig }, ...webhook }) => ({
    ...webhook,
    clientConfig,
  }));
  await mustKubectl(['replace', '--filename', '-'], { input: { ...live, webhooks } });
  const { seconds } = await timed(() => healed([one]));
  note('lock-out', `- The configuration ${one} replaced without its CA: healed after ${inSeconds(seconds)}.`);
});

test.each([
  ['expired', async () => expiredPair()],
  ['truncated', async () => truncatedPair()],
  ['foreign', async () => foreignPair()],
])('a CA in the Secret that is %s, found by pods that start, is replaced, and the log says so', async (kind, make) => {
  await scale(0);
  const pair = await make();
  const data = { 'tls.crt': encode(pair.certificate), 'tls.key': encode(pair.privateKey) };
  expect((await api().patch(secret(), { data })).status).toBe(200);
  await bundleBecomes(encode(pair.certificate.includes('END') ? pair.certificate : (await foreignPair()).certificate));
  expect(await refusal(namespace)).toMatch(/failed calling webhook/);
  const { seconds } = await timed(async () => {
    await scale(2);
    await guarding(namespace);
  });
  const stored = (await api().get(secret())).body.data?.['tls.crt'];
  if (kind === 'foreign')
    expect(stored).toBe(data['tls.crt']); // an administrator's own CA is as good as ours
  else expect(stored).not.toBe(data['tls.crt']);
  if (kind !== 'foreign') expect(await allLogs()).toMatch(/"level":(40|50)/);
  note('lock-out', `- ${kind} CA in the Secret: guarding ${inSeconds(seconds)} after the first pod is started.`);
});

async function expiredPair() {
  const authority = await issueAuthority('expired', hour());
  return { ...authority, certificate: await expiredTwin(authority) };
}

async function truncatedPair() {
  const { certificate, privateKey } = await issueAuthority('truncated', hour());
  return { certificate: certificate.slice(0, 200), privateKey };
}

async function foreignPair() {
  return issueAuthority('foreign', { now: new Date(), lifetime: 365 * 24 * 3_600_000 });
}

async function bundleBecomes(value: string): Promise<void> {
  for (const one of configurations) {
    const webhooks = (await api().get(configurationPath(one))).body.webhooks ?? [];
    const patch = webhooks.map((_, i) => ({ op: 'replace', path: `/webhooks/${i}/clientConfig/caBundle`, value }));
    const { status, text } = await api().patch(configurationPath(one), patch, { type: 'application/json-patch+json' });
    expect(status, text).toBe(200);
  }
}

async function healed(which: readonly Configuration[], foreign = ''): Promise<void> {
  for (const one of which)
    await until(`the configuration carries our CA: ${one}`, async () => {
      const bundle = await caBundle(one);
      return bundle !== '' && !Buffer.from(bundle, 'base64').equals(Buffer.from(foreign, 'base64'));
    });
  await guarding(namespace);
}

async function allLogs(): Promise<string> {
  const pods = await readyPods(2);
  const logs = pods.map(({ metadata }) => logsOf(release().namespace, metadata?.name ?? ''));
  return (await Promise.all(logs)).join('\n');
}
