import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { caBundle } from '../support/ca-bundle.ts';
import { disturbances, hasty } from '../support/disturbances.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { type Load, startLoad } from '../support/load.ts';
import { caSecretName, configurations, path, release } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { beginPhase } from '../support/phases.ts';
import { guarding, guardingServices, install } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { traffic } from '../support/traffic.ts';
import { pause, timed, until } from '../support/until.ts';

let load: Load;
let ended: () => void;

beforeAll(async () => {
  await traffic();
  const namespace = await freshNamespace('availability');
  await install(hasty);
  await guarding(namespace);
  await guardingServices(namespace);
  load = startLoad(namespace, { services: true });
  ended = beginPhase('availability');
  await pause(2000);
});

afterAll(() => load.stop());

test.each(disturbances)('no call is lost: $name', async ({ name, run }) => {
  const before = { calls: load.calls(), lost: load.lost().length };
  const { seconds } = await timed(run);
  await pause(1000);
  const lost = load.lost().slice(before.lost);
  note('availability', `- ${name}: ${inSeconds(seconds)}, ${load.calls() - before.calls} calls, ${lost.length} lost.`);
  expect(lost).toEqual([]);
});

test('no call is lost: the CA rotated, from its successor published to its own end', async () => {
  const before = load.calls();
  const old = await secretData('tls.crt');
  for (const bundle of await bundles()) expect(bundle.trim()).toBe(old.trim());
  const { seconds } = await timed(async () => {
    await mustKubectl(['annotate', 'secret', caSecretName(), ...here(), 'endpoints-webhook/rotate=now']);
    await until('both are trusted', async () =>
      (await bundles()).every((bundle) => count(bundle) === 2 && bundle.includes(old.trim())),
    );
    const staged = await timed(() => until('the new one signs', async () => (await secretData('tls.crt')) !== old));
    const forgotten = async () => (await bundles()).every((bundle) => !bundle.includes(old.trim()));
    const kept = await timed(() => until('the old one is trusted no more', forgotten, { seconds: 90 }));
    expect(staged.seconds, 'the overlap of 8 s, less what it takes to see that both are trusted').toBeGreaterThan(6);
    expect(kept.seconds, 'what the old one has signed lives for 45 s').toBeGreaterThan(45);
  });
  const now = await secretData('tls.crt');
  for (const bundle of await bundles()) expect(bundle.trim()).toBe(now.trim());
  note(
    'availability',
    `- CA rotation in all ${configurations.length} configurations (overlap 8 s, serving certificates of 45 s): ${inSeconds(seconds)}, ${load.calls() - before} calls, ${load.lost().length} lost.`,
  );
  expect(load.lost()).toEqual([]);
});

test('at least 5,000 calls in all', async () => {
  ended();
  const { calls, lost, slowest } = await load.stop();
  note('availability', `- ${calls} admission calls in all, ${lost.length} lost; the slowest took ${slowest} ms.`);
  expect(lost).toEqual([]);
  expect(calls).toBeGreaterThan(5000);
});

const here = () => ['--namespace', release().namespace];
const count = (pem: string) => pem.split('BEGIN CERTIFICATE').length - 1;

async function secretData(key: string): Promise<string> {
  const { body } = await api().get(path(release().namespace, 'secrets', caSecretName()));
  return Buffer.from(body.data?.[key] ?? '', 'base64').toString();
}

/** What each configuration trusts. */
async function bundles(): Promise<readonly string[]> {
  const encoded = await Promise.all(configurations.map(caBundle));
  return encoded.map((bundle) => Buffer.from(bundle, 'base64').toString());
}
