import { describe, expect, test } from 'vitest';
import { defaultPolicy, parsePolicy } from '../../src/policy/policy.ts';
import { type Review, review } from '../../src/review/review.ts';
import { copiedLabels, serviceAnnotations } from '../support/serving-keys.ts';

const bad = { addresses: [{ ip: '169.254.169.254' }], ports: [{ port: 0 }] };
const malformed = { addresses: [{ ip: '010.0.0.1' }], ports: [{ port: '80' }] };
const object = (fields: object = {}, metadata: object = {}) => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web', ...metadata },
  subsets: [bad],
  ...fields,
});
const policyWith = (settings: object) => {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...settings });
  if (!policy) throw new Error('the policy is refused');
  return policy;
};
const documented = defaultPolicy();
const asked = {
  kind: 'Endpoints',
  operation: 'UPDATE',
  namespace: 'shop',
  requester: { user: 'me', groups: ['dev'] },
} as const;

function verdict(request: Partial<Review>, policy = documented) {
  const { allowed, exemption, violations } = review(policy, { ...asked, object: object(), ...request });
  return { answer: exemption ?? allowed, rules: violations.map(({ rule }) => rule.id) };
}

const skip = { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } };
const leader = { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } };

describe('an update that changes nothing that is judged is allowed', () => {
  test.each<[string, object, object]>([
    ['a copy', object(), object()],
    ['labels and annotations', object({}, { labels: { a: 'b' }, annotations: { c: 'd' } }), object()],
    ['fields outside of subsets', object({ x: 1 }), object()],
    ['a finalizer that goes', object({}, { finalizers: ['b'] }), object({}, { finalizers: ['a', 'b'] })],
    ['the last finalizer', object(), object({}, { finalizers: ['a'] })],
    [
      'as many finalizers as API servers compare',
      object({}, { finalizers: manyFinalizers.slice(10) }),
      object({}, { finalizers: manyFinalizers.slice(10) }),
    ],
    ['many finalizers that go', object(), object({}, { finalizers: manyFinalizers })],
    ['no finalizers and an empty list of them', object({}, { finalizers: [] }), object({}, { finalizers: null })],
    [
      'the order of finalizers, and how often they are named',
      object({}, { finalizers: ['b', 'a', 'a'] }),
      object({}, { finalizers: ['a', 'b'] }),
    ],
    ['malformed finalizers', object({}, { finalizers: [5, 'a'] }), object({}, { finalizers: [5, 'a'] })],
    [
      'a finalizer of a malformed object that goes',
      object({ subsets: [malformed] }),
      object({ subsets: [malformed] }, { finalizers: ['a'] }),
    ],
    [
      'null for absent',
      object({ subsets: [{ ...bad, notReadyAddresses: null }] }),
      object({ subsets: [{ ...bad, notReadyAddresses: [] }] }),
    ],
    ['a malformed object', object({ subsets: [malformed] }, { labels: { a: 'b' } }), object({ subsets: [malformed] })],
    [
      'malformed with null for absent',
      object({ subsets: [malformed, {}] }),
      object({ subsets: [{ ...malformed, notReadyAddresses: null }, { ports: [] }] }),
    ],
    [
      'what the leader writes',
      object({}, leader),
      object({}, { annotations: { 'control-plane.alpha.kubernetes.io/leader': 'x' } }),
    ],
    ['the skip-mirror label, kept', object({}, skip), object({}, { labels: { ...skip.labels, a: 'b' } })],
    ['deletion', object({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), object()],
  ])('%s', (_, after, before) => {
    const { answer, rules } = verdict({ object: after, previous: before });
    expect(answer).toBe('unchanged');
    expect(rules).not.toEqual([]);
  });
});

const manyFinalizers = Array.from({ length: 310 }, (_, i) => `example.com/${i}`);

const finalizerChanges: readonly [string, object, object][] = [
  ['a finalizer that appears', { finalizers: ['a'] }, {}],
  ['a finalizer that appears where the list was empty', { finalizers: ['a'] }, { finalizers: [] }],
  ['a second finalizer', { finalizers: ['a', 'b'] }, { finalizers: ['a'] }],
  ['a finalizer in place of another', { finalizers: ['b'] }, { finalizers: ['a'] }],
  ['a finalizer named as Object.prototype has it', { finalizers: ['toString'] }, { finalizers: ['a'] }],
  ['malformed finalizers that appear', { finalizers: [5] }, {}],
  [
    'nothing, with more finalizers than API servers compare',
    { finalizers: manyFinalizers },
    { finalizers: manyFinalizers },
  ],
  ['a text in place of finalizers', { finalizers: 'a' }, { finalizers: ['a'] }],
  [
    'a finalizer that appears while it is deleted',
    { deletionTimestamp: 't', finalizers: ['a'] },
    { deletionTimestamp: 't' },
  ],
];

const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', uid: 'u' };

function keyChanges(member: 'labels' | 'annotations', key: string): [string, unknown, unknown][] {
  const having = (value: string) => object({}, { [member]: { [key]: value } });
  return [
    [`${key}, set`, having('a'), object()],
    [`${key}, set and empty`, having(''), object()],
    [`${key}, changed`, having('b'), having('a')],
    [`${key}, taken away`, object(), having('a')],
  ];
}

/** Of no rule's interest, but somebody acts on each: load balancer controllers register the pod of a targetRef. */
const subsetChanges: readonly [string, object][] = [
  ['a target', { addresses: [{ ip: '169.254.169.254', targetRef: { kind: 'Pod', name: 'a', uid: 'u' } }] }],
  ['an application protocol', { ports: [{ port: 0, appProtocol: 'h2c' }] }],
  ['a protocol that is the one by default', { ports: [{ port: 0, protocol: 'TCP' }] }],
  ['a node name', { addresses: [{ ip: '169.254.169.254', nodeName: 'a' }] }],
  ['a hostname', { addresses: [{ ip: '169.254.169.254', hostname: 'a' }] }],
  ['the name of a port', { ports: [{ port: 0, name: 'a' }] }],
  ['a field that we do not know', { x: 1 }],
];

describe('an update is judged in full where it changes', () => {
  test.each<[string, unknown, unknown]>([
    ['an address', object(), object({ subsets: [{ ...bad, addresses: [{ ip: '10.0.0.1' }] }] })],
    ['the order of subsets', object({ subsets: [bad, {}] }), object({ subsets: [{}, bad] })],
    [
      'a spelling',
      object({ subsets: [malformed] }),
      object({ subsets: [{ ...malformed, addresses: [{ ip: '10.0.0.1' }] }] }),
    ],
    ['something else in a malformed object', object({ subsets: [malformed, bad] }), object({ subsets: [malformed] })],
    ['the skip-mirror label, taken away', object(), object({}, skip)],
    ['the skip-mirror label, set', object({}, skip), object()],
    [
      'the skip-mirror label, changed',
      object({}, { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'false' } }),
      object({}, skip),
    ],
    [
      'the skip-mirror label of a malformed object',
      object({ subsets: [malformed] }),
      object({ subsets: [malformed] }, skip),
    ],
    ...copiedLabels.flatMap((label): [string, unknown, unknown][] => {
      const labels = { labels: { [label]: '' } };
      return [
        [`${label}, taken away`, object(), object({}, labels)],
        [`${label}, set`, object({}, labels), object()],
        [`${label}, changed`, object({}, { labels: { [label]: 'other' } }), object({}, labels)],
        [`${label} of a malformed object`, object({ subsets: [malformed] }), object({ subsets: [malformed] }, labels)],
      ];
    }),
    ['the leader annotation, taken away', object(), object({}, leader)],
    ...serviceAnnotations.flatMap((key) => keyChanges('annotations', key)),
    ['an owner that appears', object({}, { ownerReferences: [owner] }), object()],
    ['an owner that goes, which the object then outlives', object(), object({}, { ownerReferences: [owner] })],
    ...finalizerChanges.flatMap(([what, after, before]): [string, unknown, unknown][] => [
      [what, object({}, after), object({}, before)],
      [
        `${what}, of a malformed object`,
        object({ subsets: [malformed] }, after),
        object({ subsets: [malformed] }, before),
      ],
    ]),
    ...subsetChanges.map(([what, change]): [string, unknown, unknown] => [
      what,
      object({ subsets: [{ ...bad, ...change }] }),
      object(),
    ]),
    ...subsetChanges.map(([what, change]): [string, unknown, unknown] => [
      `${what}, taken away`,
      object(),
      object({ subsets: [{ ...bad, ...change }] }),
    ]),
    [
      'the leader annotation of a malformed object',
      object({ subsets: [malformed] }),
      object({ subsets: [malformed] }, leader),
    ],
    ['the kind', object({ kind: 'X' }), object()],
    ['nothing, but there is no previous object', object(), undefined],
    ['everything', object(), null],
    [
      'addresses while it is being deleted',
      object({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      object({ subsets: [] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ],
    [
      'service while it is being deleted',
      object({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      object({}, { ...skip, deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ],
  ])('%s', (_, after, before) => expect(verdict({ object: after, previous: before }).answer).toBe(false));

  test('a creation has nothing to be unchanged from', () =>
    expect(verdict({ operation: 'CREATE', previous: object() }).answer).toBe(false));
});

test('warnings and audits allow', () => {
  const rules = { 'special-address': { enforcement: 'warn' }, 'port-range': { enforcement: 'audit' } };
  expect(verdict({}, policyWith({ rules }))).toEqual({ answer: true, rules: ['special-address', 'port-range'] });
});

test('audit mode refuses nothing, not even what cannot be read', () =>
  expect(verdict({ object: 5 }, policyWith({ mode: 'audit' }))).toEqual({ answer: true, rules: ['well-formed'] }));

test.each<[string, object[], object, ReturnType<typeof verdict>]>([
  ['from all rules', [{ users: ['me'] }], object(), { answer: 'exempt', rules: ['special-address', 'port-range'] }],
  [
    'from one rule of two',
    [{ users: ['me'], rules: ['port-range'] }],
    object(),
    { answer: false, rules: ['special-address'] },
  ],
  [
    'from both by two exemptions',
    [
      { groups: ['dev'], rules: ['port-range'] },
      { namespaces: ['shop'], rules: ['special-address'] },
    ],
    object(),
    { answer: 'exempt', rules: ['special-address', 'port-range'] },
  ],
  ['by another name', [{ users: ['you'] }], object(), { answer: false, rules: ['special-address', 'port-range'] }],
  [
    'never from well-formed',
    [{ users: ['*'] }],
    object({ subsets: [malformed] }),
    { answer: false, rules: ['well-formed', 'well-formed'] },
  ],
])('exempt %s', (_, exempt, after, expected) =>
  expect(verdict({ object: after }, policyWith({ exempt }))).toEqual(expected),
);

test('what only warns remains where the rest is exempt', () => {
  const policy = policyWith({
    exempt: [{ users: ['me'], rules: ['port-range'] }],
    rules: { 'special-address': { enforcement: 'warn' } },
  });
  expect(verdict({}, policy)).toEqual({ answer: true, rules: ['special-address'] });
});

test('10,000 levels do not overflow the stack', () => {
  const deep = () => JSON.parse(`${'{"a":['.repeat(5000)}${']}'.repeat(5000)}`);
  expect(verdict({ object: object({ subsets: deep() }), previous: object({ subsets: deep() }) }).answer).toBe(
    'unchanged',
  );
  expect(verdict({ object: object({ kind: 'X', subsets: [deep()] }), previous: deep() }).answer).toBe(false);
});

describe('labels that a policy is told of', () => {
  const policy = { ...documented, extraServiceLabels: ['example.com/service', 'toString'] };
  const changes = [...keyChanges('labels', 'example.com/service'), ...keyChanges('labels', 'toString')];

  test.each(changes)('%s is judged in full', (_, after, before) => {
    expect(verdict({ object: after, previous: before }, policy).answer).toBe(false);
    expect(verdict({ object: after, previous: before }).answer).toBe('unchanged');
  });

  test('an update that keeps them is allowed', () => {
    const [before, after] = [{}, { app: 'web' }].map((more) =>
      object({}, { labels: { 'example.com/service': 'web', ...more } }),
    );
    expect(verdict({ object: after, previous: before }, policy).answer).toBe('unchanged');
  });
});
