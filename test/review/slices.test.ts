import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { judge } from '../../src/review/judge.ts';
import { mutate } from '../../src/review/mutate.ts';
import { type Review, review } from '../../src/review/review.ts';
import { serviceAnnotations, serviceLabels } from '../support/serving-keys.ts';

const policy = defaultPolicy();
const bad = { addresses: ['169.254.169.254'], conditions: { ready: true, serving: true, terminating: false } };
const malformed = { addresses: ['010.0.0.1'], conditions: { ready: true } };
const owner = { apiVersion: 'v1', kind: 'Service', name: 'web', uid: 'u', controller: true, blockOwnerDeletion: true };
const object = (fields: object = {}, metadata: object = {}) => ({
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web-1', ...metadata },
  addressType: 'IPv4',
  endpoints: [bad],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  ...fields,
});
const asked = {
  kind: 'EndpointSlice',
  operation: 'UPDATE',
  namespace: 'shop',
  requester: { user: 'me', groups: ['dev'] },
} as const;

function answer(after: unknown, before: unknown, request: Partial<Review> = {}) {
  const { allowed, exemption } = review(policy, { ...asked, object: after, previous: before, ...request });
  return exemption ?? allowed;
}

const found = (fields: object) =>
  judge(policy, { ...asked, operation: 'CREATE', object: object(fields) }).violations.map(({ rule, finding }) => [
    rule.id,
    pathText(finding.path),
  ]);

describe('an update of a slice that changes nothing that is judged is allowed', () => {
  test.each<[string, object, object]>([
    ['a copy', object(), object()],
    ['other labels, annotations', object({}, { labels: { a: 'b' }, annotations: { c: 'd' } }), object()],
    ['a finalizer that goes', object({}, { finalizers: ['b'] }), object({}, { finalizers: ['a', 'b'] })],
    ['finalizers in another order', object({}, { finalizers: ['b', 'a'] }), object({}, { finalizers: ['a', 'b'] })],
    ['malformed finalizers', object({}, { finalizers: [[], 'a'] }), object({}, { finalizers: [[], 'a'] })],
    ['fields outside the lists', object({ x: 1 }), object()],
    [
      'null for absent',
      object({ endpoints: [bad, { addresses: null }, {}] }),
      object({ endpoints: [bad, {}, { addresses: [] }] }),
    ],
    ['ports null, [] and absent', object({ ports: null }), object({ ports: [] })],
    ['a port of null and an absent one', object({ ports: [{ port: null }] }), object({ ports: [{}] })],
    ['no owners and an empty list of them', object({}, { ownerReferences: [] }), object()],
    [
      'the same labels and owners',
      object({}, { labels: { [serviceLabels[0] ?? '']: 'web', a: 'b' }, ownerReferences: [owner] }),
      object({}, { labels: { [serviceLabels[0] ?? '']: 'web' }, ownerReferences: [{ ...owner }] }),
    ],
    [
      'a malformed slice',
      object({ endpoints: [malformed] }, { labels: { a: 'b' } }),
      object({ endpoints: [malformed] }),
    ],
    ['a malformed address type', object({ addressType: 'X' }), object({ addressType: 'X' })],
    ['malformed owners', object({}, { ownerReferences: [5, owner] }), object({}, { ownerReferences: [5, owner] })],
    ['deletion', object({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), object()],
  ])('%s', (_, after, before) => expect(answer(after, before)).toBe('unchanged'));
});

const conditions = (changed: object) =>
  object({ endpoints: [{ ...bad, conditions: { ...bad.conditions, ...changed } }] });
const labelled = (key: string, value: unknown) => object({}, { labels: { [key]: value } });
const annotated = (key: string, value: string) => object({}, { annotations: { [key]: value } });
const owned = (...ownerReferences: unknown[]) => object({}, { ownerReferences });

describe('an update of a slice is judged in full where it changes', () => {
  test.each<[string, unknown, unknown]>([
    ['an address', object(), object({ endpoints: [{ ...bad, addresses: ['10.0.0.1'] }] })],
    [
      'the number of addresses',
      object({ endpoints: [{ ...bad, addresses: [...bad.addresses, '10.0.0.1'] }] }),
      object(),
    ],
    ['the number of endpoints', object({ endpoints: [bad, { addresses: ['10.0.0.1'] }] }), object()],
    ['a finalizer that appears', object({}, { finalizers: ['a'] }), object()],
    ['a second finalizer', object({}, { finalizers: ['b', 'a'] }), object({}, { finalizers: ['a'] })],
    [
      'a finalizer of a malformed slice',
      object({ endpoints: [malformed] }, { finalizers: ['a'] }),
      object({ endpoints: [malformed] }),
    ],
    ['ready', object(), conditions({ ready: false })],
    ['serving', object(), conditions({ serving: false })],
    ['terminating', object(), conditions({ terminating: true })],
    ['ready from unknown', object(), conditions({ ready: null })],
    ...serviceLabels.map((key): [string, unknown, unknown] => [`${key}, which was empty`, object(), labelled(key, '')]),
    ...serviceLabels.map((key): [string, unknown, unknown] => [`${key}, now empty`, labelled(key, ''), object()]),
    ['a hostname', object({ endpoints: [{ ...bad, hostname: 'a' }] }), object()],
    ['a node name', object({ endpoints: [{ ...bad, nodeName: 'a' }] }), object()],
    ['a target', object({ endpoints: [{ ...bad, targetRef: { name: 'a' } }] }), object()],
    ['hints', object({ endpoints: [{ ...bad, hints: { forZones: [{ name: 'a' }] } }] }), object()],
    ['a port', object(), object({ ports: [{ name: 'http', port: 81, protocol: 'TCP' }] })],
    ['a port to every port', object({ ports: [{ name: 'http', port: null, protocol: 'TCP' }] }), object()],
    ['the name of a port', object(), object({ ports: [{ name: 'https', port: 80, protocol: 'TCP' }] })],
    ['a protocol', object(), object({ ports: [{ name: 'http', port: 80, protocol: 'UDP' }] })],
    [
      'an application protocol',
      object({ ports: [{ port: 80, appProtocol: 'h2c' }] }),
      object({ ports: [{ port: 80 }] }),
    ],
    ['a port, added', object(), object({ ports: null })],
    ['ports, taken away', object({ ports: [] }), object()],
    ['the address type', object({ addressType: 'FQDN' }), object()],
    ['the kind', object({ kind: 'X' }), object()],
    ['the version', object({ apiVersion: 'discovery.k8s.io/v1beta1' }), object()],
    [
      'something else in a malformed slice',
      object({ endpoints: [malformed, bad] }),
      object({ endpoints: [malformed] }),
    ],
    ['nothing, but there is no previous object', object(), undefined],
    ['everything', object(), null],
    ...serviceLabels.flatMap((key): [string, unknown, unknown][] => [
      [`${key}, added`, labelled(key, 'web'), object()],
      [`${key}, changed`, labelled(key, 'web'), labelled(key, 'wed')],
      [`${key}, removed`, object(), labelled(key, 'web')],
      [
        `${key} of a malformed slice`,
        { ...labelled(key, 'web'), endpoints: [malformed] },
        object({ endpoints: [malformed] }),
      ],
      [`${key}, which cannot be read`, object(), labelled(key, true)],
      [`${key}, while it is being deleted`, object({}, { deletionTimestamp: 'x' }), labelled(key, 'web')],
    ]),
    ...serviceAnnotations.flatMap((key): [string, unknown, unknown][] => [
      [`${key}, added`, annotated(key, 'a'), object()],
      [`${key}, changed`, annotated(key, 'a'), annotated(key, 'b')],
      [`${key}, removed`, object(), annotated(key, 'a')],
      [
        `${key} of a malformed slice`,
        { ...annotated(key, 'a'), endpoints: [malformed] },
        object({ endpoints: [malformed] }),
      ],
    ]),
    ['an owner, added', owned(owner), object()],
    ['an owner, removed', object(), owned(owner)],
    ['the first of two owners, removed', owned(owner), owned({ ...owner, uid: 'v' }, owner)],
    ['the order of owners', owned(owner, { ...owner, uid: 'v' }), owned({ ...owner, uid: 'v' }, owner)],
    ...Object.entries(owner).map(([key, value]): [string, unknown, unknown] => [
      `the ${key} of an owner`,
      owned(owner),
      owned({ ...owner, [key]: typeof value === 'boolean' ? !value : 'x' }),
    ]),
    [
      'an owner of a malformed slice',
      object({ endpoints: [malformed] }, { ownerReferences: [owner] }),
      object({ endpoints: [malformed] }),
    ],
    ['an owner behind one that cannot be read', owned(5, owner), owned(5)],
    ['labels that cannot be read', object({}, { labels: 5 }), object({}, { labels: 6 })],
  ])('%s', (_, after, before) => expect(answer(after, before)).toBe(false));

  test('a creation has nothing to be unchanged from', () =>
    expect(answer(object(), object(), { operation: 'CREATE' })).toBe(false));

  test('a slice is not an Endpoints object that says the same', () =>
    expect(answer(object(), object({ subsets: [], endpoints: undefined }))).toBe(false));
});

test('what a slice says in the words of Endpoints is not looked at, nor the other way round', () => {
  const subsets = [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 0 }] }];
  const fine = { endpoints: [{ addresses: ['10.0.0.1'] }] };
  expect(found({ ...fine, subsets })).toEqual([]);
  const endpoints = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'a' }, subsets };
  const asEndpoints = judge(policy, {
    ...asked,
    kind: 'Endpoints',
    object: { ...endpoints, ...object({ kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'a' } }) },
  });
  expect(asEndpoints.violations.map(({ finding }) => pathText(finding.path))).toEqual([
    'subsets[0].addresses[0].ip',
    'subsets[0].ports[0].port',
  ]);
});

test.each<[string, object]>([
  ['no endpoints', { endpoints: [] }],
  ['no ports', { endpoints: [{ addresses: ['10.0.0.1'] }], ports: [] }],
  ['two ports without names', { endpoints: [], ports: [{ port: 1 }, { port: 2 }] }],
  ['an unknown protocol', { endpoints: [], ports: [{ port: 1, protocol: 'tcp' }] }],
  [
    'an address both ready and not',
    { endpoints: [true, false].map((ready) => ({ addresses: ['10.0.0.1'], conditions: { ready } })) },
  ],
  [
    'a target with resourceVersion and fieldPath',
    { endpoints: [{ targetRef: { resourceVersion: '7', fieldPath: '[' } }] },
  ],
  ['a bad name', { endpoints: [], metadata: { name: 'Web_' } }],
  ['every port', { endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: null }, {}] }],
])('rules for Endpoints alone leave a slice to the API server: %s', (_, fields) => expect(found(fields)).toEqual([]));

test('an IP address in a slice of names is judged as one', () => {
  const endpoints = [{ addresses: ['web.example', '127.0.0.1', 'fe80::1'] }];
  const special = found({ addressType: 'FQDN', endpoints }).filter(([rule]) => rule === 'special-address');
  expect(special).toEqual([
    ['special-address', 'endpoints[0].addresses[1]'],
    ['special-address', 'endpoints[0].addresses[2]'],
  ]);
});

test('what cannot be read is told once, and the rest is judged beside it', () => {
  const endpoints = [5, { addresses: ['::1', '127.0.0.1', 7], hostname: 'A', nodeName: [] }];
  expect(found({ endpoints, ports: [{ port: 0, name: 'A' }, { port: 'x' }] })).toEqual([
    ['well-formed', 'endpoints[0]'],
    ['well-formed', 'endpoints[1].addresses[0]'],
    ['well-formed', 'endpoints[1].addresses[2]'],
    ['well-formed', 'endpoints[1].nodeName'],
    ['well-formed', 'ports[1].port'],
    ['special-address', 'endpoints[1].addresses[1]'],
    ['hostname-label', 'endpoints[1].hostname'],
    ['port-name-label', 'ports[0].name'],
    ['port-range', 'ports[0].port'],
  ]);
});

test('a slice gets no defaults', () =>
  expect(mutate(policy, { ...asked, operation: 'CREATE', object: object({ ports: [{ port: 80 }] }) })).toEqual([]));

describe('10,000 levels anywhere in a slice', () => {
  const deep = (open: string, close: string) => JSON.parse(`${open.repeat(10_000)}1${close.repeat(10_000)}`);
  test.each([
    ['lists', () => deep('[', ']')],
    ['objects', () => deep('{"endpoints":', '}')],
  ])('%s', (_, make) => {
    const at = (value: unknown) => {
      const endpoint = {
        addresses: [value],
        conditions: value,
        hostname: value,
        zone: value,
        targetRef: value,
        hints: value,
      };
      const metadata = {
        name: value,
        labels: { [serviceLabels[0] ?? '']: value },
        ownerReferences: [value, { uid: value }],
      };
      const ports = [value, { port: value, appProtocol: value }];
      return object({ addressType: value, endpoints: [endpoint, value, { addresses: value }], ports }, metadata);
    };
    expect(answer(at(make()), at(make()))).toBe('unchanged');
    expect(answer(at(make()), object())).toBe(false);
    expect(answer(make(), at(make()))).toBe(false);
  });
});
