import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findForeignChanges } from '../../src/cluster/foreign-changes.ts';

type Webhook = Record<string, unknown>;

interface Configuration {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly webhooks: readonly Webhook[];
}

const [endpoints, slices] = parseAllDocuments(readFileSync('deploy/install.yaml', 'utf8'))
  .map((document): Configuration => document.toJS())
  .filter((object) => object?.kind === 'ValidatingWebhookConfiguration')
  .map(stored);

/** As an API server stores it: with its defaults, the CA and whoever wrote it. */
function stored({ webhooks, ...rest }: Configuration): Configuration {
  const metadata = { ...rest.metadata, managedFields: [{ manager: 'helm' }, { manager: 'enforcer' }] };
  return {
    ...rest,
    metadata,
    webhooks: webhooks.map((webhook) => ({
      objectSelector: {},
      futureField: 1,
      ...webhook,
      clientConfig: { ...(webhook.clientConfig as object), caBundle: 'Y2E=' },
    })),
  };
}

const name = 'endpoints.validate.endpoints-webhook.io';

/** With members of the only webhook replaced. */
function changed(members: Webhook): Configuration {
  if (!endpoints) throw new Error('deploy/install.yaml has no configuration');
  return { ...endpoints, webhooks: endpoints.webhooks.map((webhook) => ({ ...webhook, ...members })) };
}

const [webhook = {}] = endpoints?.webhooks ?? [];
const { matchExpressions } = webhook.namespaceSelector as { matchExpressions: object[] };
const exempting = { matchExpressions: [...matchExpressions, { key: 'control-plane', operator: 'DoesNotExist' }] };
const target = webhook.clientConfig as { service: object };

test.each([endpoints, slices])('what the chart renders is as it was rendered once an API server stores it', (one) => {
  expect(one?.webhooks).toHaveLength(1);
  expect(findForeignChanges(one, false)).toEqual({ changes: [], managers: ['helm', 'enforcer'] });
});

test.each<[string, Webhook]>([
  ['namespaceSelector', { namespaceSelector: exempting }],
  ['namespaceSelector', { namespaceSelector: {} }],
  ['objectSelector', { objectSelector: { matchLabels: { a: 'b' } } }],
  ['rules', { rules: [] }],
  ['failurePolicy', { failurePolicy: 'Ignore' }],
  ['matchConditions', { matchConditions: undefined }],
  ['matchConditions', { matchConditions: [{ name: 'x', expression: 'false' }] }],
  ['matchPolicy', { matchPolicy: 'Exact' }],
  ['timeoutSeconds', { timeoutSeconds: 30 }],
  ['reinvocationPolicy', { reinvocationPolicy: 'Never' }],
  ['clientConfig', { clientConfig: { ...target, service: { ...target.service, path: '/' } } }],
  ['clientConfig', { clientConfig: { url: 'https://example.com', caBundle: 'Y2E=' } }],
  ['caBundle', { clientConfig: { service: target.service } }],
])('a changed %s is found: %j', (field, members) => {
  expect(findForeignChanges(changed(members), false).changes).toEqual([`${field} of ${name}`]);
});

test('webhooks that come and go are found', () => {
  const other = { ...webhook, name: 'other' };
  expect(findForeignChanges({ ...changed({}), webhooks: [] }, false).changes).toEqual([`the removed webhook ${name}`]);
  expect(findForeignChanges({ ...changed({}), webhooks: [webhook, other] }, false).changes).toEqual([
    'the added webhook other',
  ]);
});

test('a caBundle that the pods look after is nobody else’s change', () => {
  const empty = changed({ clientConfig: { service: target.service } });
  expect(findForeignChanges(empty, true).changes).toEqual([]);
});

test('a caBundle that was rendered is compared', () => {
  const rendered = JSON.stringify([{ name: 'a', clientConfig: { caBundle: 'Y2E=' } }]);
  const metadata = { annotations: { 'endpoints-webhook.io/rendered': rendered } };
  const of = (caBundle: string) => ({ metadata, webhooks: [{ name: 'a', clientConfig: { caBundle } }] });
  expect(findForeignChanges(of('Y2E='), false).changes).toEqual([]);
  expect(findForeignChanges(of('eHg='), false).changes).toEqual(['caBundle of a']);
});

test.each([undefined, null, 7, 'x', [], {}, { metadata: 7, webhooks: 7 }])('%j has no annotation', (configuration) => {
  expect(findForeignChanges(configuration, false)).toEqual({
    changes: ['the annotation endpoints-webhook.io/rendered'],
    managers: [],
  });
});

test.each(['', '{', '7', 'null', '{}'])('an annotation of %j is a change itself', (text) => {
  const metadata = { annotations: { 'endpoints-webhook.io/rendered': text } };
  expect(findForeignChanges({ metadata, webhooks: [] }, false).changes).toHaveLength(1);
});

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

test.each([
  ['[{"name":{"toString":1,"valueOf":1}}]', ['the removed webhook without a name', 'the added webhook a']],
  [`[{"name":"a","rules":${deep}}]`, ['rules of a']],
  [deep, ['the removed webhook without a name', 'the added webhook a']],
  ['[{"name":"a","clientConfig":{"__proto__":{"url":"x"}}}]', ['clientConfig of a']],
])('no annotation is too much for whoever compares: %.40s', (rendered, changes) => {
  const metadata = { annotations: { 'endpoints-webhook.io/rendered': rendered } };
  expect(findForeignChanges({ metadata, webhooks: [{ name: 'a' }] }, true).changes).toEqual(changes);
});

test('of many changes some are named', () => {
  const webhooks = Array.from({ length: 5000 }, (_, i) => ({ name: `${i}`.padStart(300, 'x') }));
  const metadata = { annotations: { 'endpoints-webhook.io/rendered': '[]' } };
  const { changes } = findForeignChanges({ metadata, webhooks }, false);
  expect(changes).toHaveLength(9);
  expect(changes.at(-1)).toBe('4992 more');
  expect(changes.join().length).toBeLessThan(2000);
});
