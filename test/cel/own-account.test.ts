import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { minors } from './cases.ts';
import { evaluateWrites, type Write, type WriteVerdict } from './evaluator.ts';

// What the chart lets the pods' own account do, evaluated as API servers do.

const account = 'system:serviceaccount:guard:endpoints-webhook';

const clientConfig = {
  service: { namespace: 'guard', name: 'endpoints-webhook', path: '/validate' },
  caBundle: 'b2xk',
};
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['endpoints'], scope: '*' };
const hook = {
  name: 'endpoints.validate.endpoints-webhook.io',
  ...{ clientConfig, rules: [rule], failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1'] },
  namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
  ...{ matchConditions: [{ name: 'a', expression: 'true' }], timeoutSeconds: 5, matchPolicy: 'Equivalent' },
};
const metadata = {
  ...{ name: 'endpoints-webhook-endpoints', uid: '1', resourceVersion: '1', generation: 1 },
  ...{ labels: { app: 'ours' }, annotations: { wave: '0' } },
};
const configuration = {
  ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata },
  webhooks: [hook],
};
const aboutServices = {
  ...configuration,
  metadata: { ...metadata, name: 'endpoints-webhook-services' },
  webhooks: [hook, { ...hook, name: `adopting.${hook.name}`, failurePolicy: 'Ignore' }],
};
const mutating = { ...configuration, kind: 'MutatingWebhookConfiguration' };
const secret = {
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { 'tls.crt': 'b2xk' } },
  metadata: { ...metadata, name: 'endpoints-webhook-ca', namespace: 'guard' },
};

type Thing = typeof configuration | typeof mutating | typeof secret;

interface Changed {
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

/** As the API server shows an update: with another version, and another manager. */
function write(before: Thing, now: Changed, more: Partial<Write> = {}): Write {
  const { kind, metadata: own } = before;
  const namespace = 'namespace' in own ? own.namespace : '';
  const managedFields = [{ manager: 'endpoints-webhook-certs', operation: 'Update' }];
  const changed = {
    ...before,
    ...now,
    metadata: { ...own, resourceVersion: '2', generation: 2, managedFields, ...now.metadata },
  };
  const written = { operation: 'UPDATE', user: account, groups: [], object: changed, oldObject: before } as const;
  return { kind, name: own.name, namespace, ...written, ...more };
}

const hooks = (changed: object) => ({ webhooks: [{ ...hook, ...changed }] });
const client = (changed: object) => hooks({ clientConfig: { ...clientConfig, ...changed } });
const renewed = client({ caBundle: 'bmV3' });
const ofEach = (changed: object) => ({ webhooks: aboutServices.webhooks.map((one) => ({ ...one, ...changed })) });
const { caBundle: _, ...withoutBundle } = clientConfig;

const allowed: Readonly<Record<string, Write>> = {
  'a new caBundle': write(configuration, renewed),
  'a new caBundle of the mutating webhook': write(mutating, renewed),
  'a caBundle where there was none': write(
    { ...configuration, webhooks: [{ ...hook, clientConfig: withoutBundle as typeof clientConfig }] },
    renewed,
  ),
  'a new caBundle of both webhooks about Services': write(
    aboutServices,
    ofEach({ clientConfig: { ...clientConfig, caBundle: 'bmV3' } }),
  ),
  'new keys in the Secret': write(secret, {
    data: { 'tls.crt': 'bmV3', 'next.crt': 'bmV3' },
    metadata: { annotations: { wave: '0', 'endpoints-webhook/staged-at': '2026-11-29T00:00:00.000Z' } },
  }),
  'a rotation that was asked for and is begun': write(
    {
      ...secret,
      metadata: { ...secret.metadata, annotations: { wave: '0', 'endpoints-webhook/rotate': 'now' } as never },
    },
    { data: { 'tls.crt': 'bmV3' }, metadata: { annotations: { wave: '0' } } },
  ),
  'anything by somebody else': write(configuration, client({ url: 'https://elsewhere' }), { user: 'jane' }),
  'a deletion by somebody else': write(configuration, {}, { operation: 'DELETE', user: 'jane' }),
  'the deletion of the Secret by somebody else': write(secret, {}, { operation: 'DELETE', user: 'jane' }),
  'a Secret that is not ours': write(secret, { data: {} }, { name: 'another' }),
};

const escalations: Readonly<Record<string, Changed>> = {
  'a rule for everything': hooks({ rules: [rule, { ...rule, apiGroups: ['*'], resources: ['*/*'] }] }),
  'a rule that is changed': hooks({ rules: [{ ...rule, resources: ['secrets'] }] }),
  'a URL in place of the Service': hooks({ clientConfig: { url: 'https://elsewhere', caBundle: 'bmV3' } }),
  'another Service': client({ service: { ...clientConfig.service, namespace: 'elsewhere' } }),
  'another path': client({ service: { ...clientConfig.service, path: '/elsewhere' } }),
  'another webhook beside it': { webhooks: [hook, { ...hook, name: 'everything.endpoints-webhook.io' }] },
  'another webhook in its place': hooks({ name: 'everything.endpoints-webhook.io' }),
  'no webhook': { webhooks: [] },
  'a failure that is ignored': hooks({ failurePolicy: 'Ignore' }),
  'no namespaceSelector': hooks({ namespaceSelector: {} }),
  'an objectSelector': hooks({ objectSelector: { matchLabels: { a: 'b' } } }),
  'no matchConditions': hooks({ matchConditions: undefined }),
  'another matchCondition': hooks({ matchConditions: [{ name: 'a', expression: 'false' }] }),
  'another timeout': hooks({ timeoutSeconds: 30 }),
  'side effects': hooks({ sideEffects: 'NoneOnDryRun' }),
  'exact matches only': hooks({ matchPolicy: 'Exact' }),
  'other reviews': hooks({ admissionReviewVersions: ['v1', 'v1beta1'] }),
  'a caBundle and a rule': hooks({ clientConfig: { ...clientConfig, caBundle: 'bmV3' }, rules: [] }),
  'a label': { metadata: { labels: { app: 'ours', more: '' } } },
  'no labels': { metadata: { labels: undefined } },
  'an annotation': { metadata: { annotations: { wave: '0', 'cert-manager.io/inject-ca-from': 'a/b' } } },
  "an annotation of the Secret's": { metadata: { annotations: { wave: '0', 'endpoints-webhook/rotate': 'now' } } },
  'no annotations': { metadata: { annotations: undefined } },
  'an owner': { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '2' }] } },
  'a finalizer': { metadata: { finalizers: ['a/b'] } },
};

const refused: Readonly<Record<string, Write>> = {
  ...Object.fromEntries(Object.entries(escalations).map(([what, now]) => [what, write(configuration, now)])),
  'a mutating webhook that is called again': write(mutating, hooks({ reinvocationPolicy: 'IfNeeded' })),
  'no failure any more of either webhook about Services': write(aboutServices, ofEach({ failurePolicy: 'Ignore' })),
  'one webhook about Services': write(aboutServices, { webhooks: [hook] }),
  'a mutating webhook for everything': write(mutating, hooks({ rules: [{ ...rule, resources: ['*'] }] })),
  'a deletion': write(configuration, {}, { operation: 'DELETE' }),
  'a creation': write(configuration, {}, { operation: 'CREATE' }),
  'a caBundle of a configuration that is not ours': write(configuration, renewed, { name: 'another' }),
  'a caBundle of a kind that has no such configuration': write(
    { ...mutating, metadata: { ...metadata, name: 'endpoints-webhook-endpointslices' } },
    renewed,
  ),
  'a Secret that is deleted': write(secret, {}, { operation: 'DELETE' }),
  'a Secret that nobody can change any more': write(secret, { immutable: true }),
  'a Secret with a label': write(secret, { metadata: { labels: { app: 'ours', more: '' } } }),
  'a Secret with another annotation': write(secret, { metadata: { annotations: { wave: '0', reflect: 'true' } } }),
  'a Secret without an annotation': write(secret, { metadata: { annotations: {} } }),
  'a Secret with an owner': write(secret, escalations['an owner'] ?? {}),
  'a Secret with a finalizer': write(secret, escalations['a finalizer'] ?? {}),
  'a Secret of that name elsewhere': write(secret, { data: {} }, { namespace: 'elsewhere' }),
};

const writes = { ...allowed, ...refused };
let verdicts: Readonly<Record<string, WriteVerdict>>[];

beforeAll(() => {
  const policy = printedByChart();
  const found = evaluateWrites(policy, Object.values(writes), minors);
  verdicts = found.map((one) => Object.fromEntries(Object.keys(writes).map((what, i) => [what, one[i] ?? 'unread'])));
});

describe.each(minors.map((minor, i) => [minor, i]))('Kubernetes 1.%i', (_minor, i) => {
  test('refuses all that is more than a caBundle, and nothing else', () => {
    const wanted = Object.keys(writes).map((what) => [what, what in allowed ? '' : message]);
    expect(verdicts[i]).toEqual(Object.fromEntries(wanted));
  });
});

const message =
  'the account of the pods may change caBundle of its own webhook configurations and the keys in its own Secret, and nothing else: use another account [endpoints-webhook]';

function printedByChart(): object {
  const set = ['--set', 'webhooks.validating.resources.services=true'];
  const flags = ['--namespace', 'guard', '--kube-version', '1.30', '--show-only', 'templates/own-account.yaml', ...set];
  const text = execFileSync('.tools/bin/helm', ['template', 'endpoints-webhook', 'charts/endpoints-webhook', ...flags]);
  const [policy] = parseAllDocuments(text.toString()).map((document) => document.toJS());
  return policy;
}
