import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { allSay, change, enforce } from '../support/foreign-changes.ts';
import { helm } from '../support/helm.ts';
import { configurations, release, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { policiesOfThisMinor } from '../support/policies-of-minor.ts';
import { succeeded } from '../support/program.ts';
import { guarding, install, refusal, refusals, scale, uninstall, valuesText } from '../support/release.ts';
import { inSeconds, note } from '../support/report.ts';
import { grant, plainWrite } from '../support/rights.ts';
import { foreignChanges } from '../support/scrape.ts';
import { timed, until } from '../support/until.ts';

const drain = { shutdown: { drainSeconds: 1 } };
const heedless = { ...drain, webhooks: { annotations: { 'admissions.enforcer/disabled': null } } };
const asRendered = /^\[\+\]configurations ok$/m;

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('platforms');
  await install(drain);
  await guarding(namespace);
});

afterAll(() => uninstall().catch(() => {}));

describe('the admissions enforcer of AKS, imitated', () => {
  beforeAll(async () => {
    const labels = { 'control-plane': 'true' };
    await api().patch(`/api/v1/namespaces/${namespace}`, { metadata: { labels } });
  });

  test('leaves our configurations alone; the next upgrade goes through, and a namespace with the label is guarded', async () => {
    for (const one of configurations) expect(await enforce(one)).toBe(false);
    await install(drain);
    await allSay(asRendered);
    await guarding(namespace);
  });

  test('without the annotation exempts it; the pods say so, and the next upgrade names whom it conflicts with', async () => {
    await install(heedless);
    for (const one of configurations) expect(await enforce(one)).toBe(true);
    const { seconds } = await timed(() =>
      allSay(
        /configurations ok \(.*changed: namespaceSelector of endpoints\.validate\S+ \(written by .*admissionsenforcer/,
      ),
    );
    note('platforms', `- An enforcer as that of AKS: all pods report it after ${inSeconds(seconds)}.`);
    await until('the labelled namespace is guarded no more', async () => (await refusals(namespace)) === '');
    for (const count of Object.values(await foreignChanges())) expect(count).toBeGreaterThan(0);
    await expect(install(heedless)).rejects.toThrow(/conflict.*admissionsenforcer/s);
  });

  test('is undone by an upgrade that overwrites it', async () => {
    const { name, namespace: home } = release();
    const flags = ['--namespace', home, '--wait', '--timeout', '120s', '--force-conflicts', '--values', '-'];
    const { chart } = readEnvironment();
    succeeded(
      await helm(['upgrade', name, chart, ...flags], 'helm', valuesText(drain)),
      'helm upgrade --force-conflicts',
    );
    await allSay(asRendered);
    await guarding(namespace);
  });
});

describe('what somebody changes in a configuration', () => {
  test.each([
    ['failurePolicy', 'Ignore', 'Fail'],
    ['timeoutSeconds', 1, 5],
    ['matchPolicy', 'Exact', 'Equivalent'],
  ])('%s: the pods report it until it is as before', async (field, value, before) => {
    const set = (value: unknown) => [{ op: 'replace', path: `/webhooks/0/${field}`, value }];
    await change('validating/endpointslices', 'kubectl-edit', set(value));
    await allSay(new RegExp(`changed: ${field} of endpointslices\\.validate\\S+ \\(written by .*kubectl-edit`));
    await change('validating/endpointslices', 'kubectl-edit', set(before));
    await allSay(asRendered);
  });
});

describe('namespaces that are exempt by how their names begin', () => {
  let exempt: string;

  beforeAll(async () => {
    exempt = await freshNamespace('openshift');
    const pattern = `${exempt.slice(0, exempt.lastIndexOf('-'))}-*`;
    await install({ ...drain, webhooks: { extraExemptNamespaces: [pattern] } });
    await guarding(namespace);
  });

  test('take what is refused elsewhere', async () => {
    await until('the condition is in force', async () => (await refusals(exempt)) === '');
    expect(await refusals(namespace)).not.toBe('');
  });

  test('depend on no pod', async () => {
    await scale(0);
    expect(await refusals(exempt)).toBe('');
    expect(await refusals(namespace)).toContain('failed calling webhook');
    await scale(2);
  });
});

describe('namespace default, left to the ValidatingAdmissionPolicies', () => {
  let forbid: () => Promise<void>;

  beforeAll(async () => {
    forbid = await grant('default', tenant, plainWrite);
    const webhooks = { leaveDefaultNamespace: true };
    const manifests = await policiesOfThisMinor();
    await install({ ...drain, webhooks, validatingAdmissionPolicy: { enabled: true, manifests } });
  });

  afterAll(() => forbid());

  test('is guarded by them alone, with pods and without', async () => {
    const byPolicy = async () => (await refusal('default')).includes('ValidatingAdmissionPolicy');
    await until('an API server evaluates the policies', byPolicy);
    await scale(0);
    expect(await byPolicy()).toBe(true);
    expect(await refusal(namespace)).toMatch(/failed calling webhook|ValidatingAdmissionPolicy/);
    note(
      'platforms',
      '- `webhooks.leaveDefaultNamespace`: the ValidatingAdmissionPolicies refuse in `default`, with all pods gone.',
    );
  });
});
