import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { caBundle } from '../support/ca-bundle.ts';
import { kubectl, mustKubectl } from '../support/kubectl.ts';
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
import { guarding, install, refusal, uninstall } from '../support/release.ts';
import { inSeconds, literally, note } from '../support/report.ts';
import type { Thing } from '../support/thing.ts';
import { timed, until } from '../support/until.ts';

// The pods' own account may keep its certificates, and cannot turn the webhook into one for everything.

const [validating] = configurations;
const jsonPatch = 'application/json-patch+json';
const everything = [{ op: 'add', path: '/webhooks/0/rules/-', value: ruleOf('*', '*/*') }];

let namespace: string;

beforeAll(async () => {
  namespace = await freshNamespace('own-account');
  await install({ shutdown: { drainSeconds: 1 }, tls: { selfManaged: { overlap: '8s' } } });
  await guarding(namespace);
  const inForce = async () => (await escalate(validating, everything)).status === 403;
  await until('an API server evaluates the policy', inForce);
});

afterAll(() => uninstall().catch(() => {}));

const own = () => {
  const { namespace: home, fullname } = release();
  return {
    user: `system:serviceaccount:${home}:${fullname}`,
    groups: ['system:serviceaccounts', 'system:authenticated'],
  };
};

const escalations: Readonly<Record<string, readonly object[]>> = {
  'a rule for everything': everything,
  'a URL in place of the Service': [
    { op: 'replace', path: '/webhooks/0/clientConfig', value: { url: 'https://203.0.113.5/' } },
  ],
  'another Service': [{ op: 'replace', path: '/webhooks/0/clientConfig/service/name', value: 'elsewhere' }],
  'another timeout': [{ op: 'replace', path: '/webhooks/0/timeoutSeconds', value: 1 }],
  'no matchConditions': [{ op: 'remove', path: '/webhooks/0/matchConditions' }],
  'no namespaceSelector': [{ op: 'remove', path: '/webhooks/0/namespaceSelector' }],
  'an objectSelector': [
    { op: 'replace', path: '/webhooks/0/objectSelector', value: { matchLabels: { nobody: 'has-this' } } },
  ],
  'no webhook': [{ op: 'replace', path: '/webhooks', value: [] }],
  'another label': [{ op: 'add', path: '/metadata/labels/more', value: 'x' }],
  'another annotation': [{ op: 'add', path: '/metadata/annotations/more', value: 'x' }],
  'a finalizer': [{ op: 'add', path: '/metadata/finalizers', value: ['example.com/stays'] }],
  'an owner': [
    {
      ...{ op: 'add', path: '/metadata/ownerReferences' },
      value: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' }],
    },
  ],
};
const attempts = configurations.flatMap((one) =>
  Object.entries(escalations).map(([what, patch]) => ({ one, what, patch })),
);

test.each(attempts)('$one: $what is refused', async ({ one, patch }) => {
  const { status, body, text } = await escalate(one, patch);
  expect(status, text).toBe(403);
  expect(body.message).toContain(refused());
  if (patch === everything && one === validating)
    note('own-account', `- A rule for everything, patched by the pods' own account:\n${literally(body.message ?? '')}`);
});

test('failurePolicy Ignore is refused', async () => {
  const { text } = await escalate(validating, [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
  expect(text).toContain(refused());
});

test('a strategic merge patch that adds a webhook is refused', async () => {
  const webhooks = (await taken()).map((webhook) => ({ ...webhook, name: 'everything.endpoints-webhook.io' }));
  const options = { type: 'application/strategic-merge-patch+json', as: own() };
  const { text } = await api().patch(`${configurationPath(validating)}?dryRun=All`, { webhooks }, options);
  expect(text).toContain(refused());
});

test('a server-side apply that takes the webhook over is refused', async () => {
  const { apiVersion, kind, metadata } = await live(validating);
  const body = { apiVersion, kind, metadata: { name: metadata?.name }, webhooks: await taken() };
  const url = `${configurationPath(validating)}?dryRun=All&fieldManager=thief&force=true`;
  const { text } = await api().patch(url, body, { type: 'application/apply-patch+yaml', as: own() });
  expect(text).toContain(refused());
});

test.each(['update', 'delete', 'create'])('the account has no right to %s one', async (verb) => {
  const [, name] = configurationName(validating).split('/');
  const type = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
  const { out } = await kubectl(['auth', 'can-i', verb, verb === 'create' ? type : `${type}/${name}`], { as: own() });
  expect(out.trim()).toBe('no');
});

test('the Secret takes other keys, and neither labels, finalizers nor an end to changes', async () => {
  const secret = `${path(release().namespace, 'secrets', caSecretName())}?dryRun=All`;
  const write = (body: object) => api().patch(secret, body, { as: own() });
  expect((await write({ data: { 'another.crt': 'b2xk' } })).status).toBe(200);
  expect((await write({ metadata: { annotations: { 'endpoints-webhook/rotate': 'now' } } })).status).toBe(200);
  for (const body of [
    { metadata: { labels: { more: 'x' } } },
    { metadata: { annotations: { 'example.com/reflect': 'true' } } },
    { metadata: { finalizers: ['example.com/stays'] } },
    { immutable: true },
  ])
    expect((await write(body)).text).toContain(refused());
});

test('the account changes caBundle, and a rotation goes through', async () => {
  const home = release().namespace;
  const bundles = () => Promise.all(configurations.map(caBundle));
  const before = await bundles();
  const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: 'b2xk' }];
  expect((await escalate(validating, patch)).status).toBe(200);
  await mustKubectl(['annotate', 'secret', caSecretName(), 'endpoints-webhook/rotate=now', '--namespace', home]);
  const trusted = async () => (await bundles()).every((bundle, i) => bundle !== before[i]);
  const { seconds } = await timed(() => until('all configurations trust another CA', trusted, { seconds: 90 }));
  await guarding(namespace);
  note('own-account', `- \`endpoints-webhook/rotate\`: all configurations had another CA after ${inSeconds(seconds)}.`);
});

test('others change and delete the configurations as before', async () => {
  const label = [{ op: 'add', path: '/metadata/labels/more', value: 'x' }];
  expect((await api().patch(configurationPath(validating), label, { type: jsonPatch })).status).toBe(200);
  for (const one of configurations) await mustKubectl(['delete', configurationName(one)]);
  await until('a tenant may write', async () => (await refusal(namespace)) === '');
});

/** A dry run: what is let through must not happen. */
function escalate(one: Configuration, patch: readonly object[]) {
  return api().patch(`${configurationPath(one)}?dryRun=All`, patch, { type: jsonPatch, as: own() });
}

function ruleOf(group: string, resource: string) {
  return { apiGroups: [group], apiVersions: ['*'], operations: ['*'], resources: [resource] };
}

/** The webhooks of a configuration, made to judge everything. */
async function taken(): Promise<readonly object[]> {
  return ((await live(validating)).webhooks ?? []).map((webhook) => ({ ...webhook, rules: [ruleOf('*', '*/*')] }));
}

function refused(): string {
  const name = `${release().fullname}-own-account`;
  return `ValidatingAdmissionPolicy '${name}' with binding '${name}' denied request: the account of the pods may change caBundle of its own webhook configurations and the keys in its own Secret, and nothing else`;
}

async function live(one: Configuration): Promise<Thing> {
  return (await api().get(configurationPath(one))).body;
}
