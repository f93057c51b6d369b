import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { readEnvironment } from '../support/environment.ts';
import { judged } from '../support/followed-policy.ts';
import { helm } from '../support/helm.ts';
import { mustKubectl } from '../support/kubectl.ts';
import { unsayable } from '../support/minor.ts';
import { configurationPath, configurations, release, tenant } from '../support/names.ts';
import { createNamespace, freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { printedCommands, typed } from '../support/printed.ts';
import { succeeded } from '../support/program.ts';
import { guarding, install, isReady, ourPods, refusals, settled, uninstall, valuesText } from '../support/release.ts';
import { until } from '../support/until.ts';

// What the notes of other values give to be typed.

const drain = { shutdown: { drainSeconds: 1 } };
const group = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const here = () => ['--namespace', release().namespace];

let namespace: string;

beforeAll(async () => {
  await uninstall().catch(() => {});
  await createNamespace(release().namespace, 'restricted');
  namespace = await freshNamespace('variants');
});

describe('with tenantAccess', () => {
  const policy = { rules: { 'forbidden-network': { networks: ['198.51.100.0/24'] } } };

  beforeAll(async () => {
    await install({ ...drain, policy, tenantAccess: { enabled: true } });
    await guarding(namespace);
  });

  afterAll(() => uninstall().catch(() => {}));

  test('writes are let pass without the role of the tenants, and break glass removes it first', async () => {
    const [breakGlass = ''] = await printed(/^ +kubectl delete .*webhookconfiguration/);
    const [, role = ''] = /delete clusterrole\/(\S+) /.exec(breakGlass) ?? [];
    expect((await api().get(`${group}/${role}`)).status).toBe(200);
    const [allow = ''] = await printed(/failurePolicy=Ignore$/);
    await typed(allow);
    expect((await api().get(`${group}/${role}`)).status).toBe(404);
    await typed(allow.replace('enabled=false', 'enabled=true').replace('=Ignore', '=Fail'));
    await typed(breakGlass);
    for (const url of [`${group}/${role}`, ...configurations.map((one) => configurationPath(one))])
      expect((await api().get(url)).status, url).toBe(404);
  });
});

const sayable = needs(unsayable.size === 0, 'this minor cannot say the whole default policy');

describe('with ValidatingAdmissionPolicies', sayable, () => {
  beforeAll(async () => {
    await install({ ...drain, validatingAdmissionPolicy: { enabled: true } });
    await guarding(namespace);
  });

  afterAll(() => uninstall().catch(() => {}));

  test('break glass is two commands, after which everybody may write', async () => {
    const [webhooks = ''] = await printed(/^ +kubectl delete \S*webhookconfiguration/);
    const [bindings = ''] = await printed(/^ +kubectl delete validatingadmissionpolicybinding /);
    await typed(webhooks);
    await until('the policies refuse', async () => (await refusals(namespace)).includes('ValidatingAdmissionPolicy'));
    await typed(bindings);
    await until('everybody may write', async () => (await refusals(namespace)) === '');
    const left = await mustKubectl(['get', 'validatingadmissionpolicybindings', '--output', 'name']);
    expect(left).toContain(`${release().fullname}-own-account`);
  });
});

describe('with rbac.create=false', () => {
  const policy = { rules: { 'foreign-pod': { enforcement: 'deny' } } };
  const made: string[] = [];

  beforeAll(async () => {
    const { name, namespace: home } = release();
    const { chart } = readEnvironment();
    const own = ['template', name, chart, ...here(), '--show-only', 'templates/rbac.yaml'];
    await apply(succeeded(await helm(own), 'helm template').out);
    const flags = [name, chart, '--namespace', home, '--values', '-'];
    const values = valuesText({ ...drain, policy, rbac: { create: false } });
    succeeded(await helm(['install', ...flags], 'helm', values), 'helm install');
  });

  afterAll(async () => {
    await uninstall().catch(() => {});
    for (const input of made) await mustKubectl(['delete', '--filename', '-', '--ignore-not-found'], { input });
    for (const kind of ['clusterrole', 'clusterrolebinding'])
      await mustKubectl(['delete', kind, `${release().fullname}-access-reviews`, '--ignore-not-found']);
    await mustKubectl(['delete', 'clusterrole', `${release().fullname}:restricted`, '--ignore-not-found']);
  });

  test('pods get ready once they have the printed rights', async () => {
    const { out } = await helm(['get', 'notes', release().name, ...here()]);
    const rights = [...out.matchAll(/or what grants the same:\n(.*?)(?:\n\n|$)/gs)].map(([, text = '']) => text);
    expect(rights).toHaveLength(2); // of the cluster's state, and of what Services put into service
    expect((await ourPods()).filter(isReady)).toEqual([]);
    for (const text of rights) await apply(text);
    await settled(2);
    await guarding(namespace);
  });

  test('a user with the right to forbidden targets is let through once pods may ask for it', async () => {
    const [pod] = await ourPods();
    const target = pod?.status?.podIP ?? '';
    const [role = '', binding = ''] = await printed(/create clusterrole \S+:restricted|create rolebinding /);
    const filledIn = { '<namespace>': namespace, '<name>': tenant.user };
    await typed(role);
    await typed(binding, filledIn);
    expect(await judged(namespace, target, 1)).toEqual(['foreign-pod']);
    for (const command of await printed(/access-reviews/)) await typed(command);
    await until('he may', async () => (await judged(namespace, target, 1)).join() === 'taken');
  });

  async function apply(input: string): Promise<void> {
    made.push(input);
    await mustKubectl(['apply', '--filename', '-'], { input });
  }
});

async function printed(pattern: RegExp): Promise<readonly string[]> {
  return (await printedCommands()).filter((command) => pattern.test(command));
}
