import { describe, expect, test } from 'vitest';
import { defaultPolicy, parsePolicy } from '../../src/policy/policy.ts';
import type { Operation } from '../../src/review/judge.ts';
import { mutate } from '../../src/review/mutate.ts';

const documented = defaultPolicy();
const a = { ip: '10.0.0.1' };
const b = { ip: '10.0.0.2' };
const p = { port: 1 };
const tcp = { port: 1, protocol: 'TCP' };

/** The subsets after the defaults; `undefined` where nothing is patched. */
function patched(subsets: unknown, operation: Operation = 'CREATE', fields: object = {}, policy = documented) {
  const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web' }, subsets, ...fields };
  return mutate(policy, { kind: 'Endpoints', namespace: 'shop', object, operation })[0]?.value;
}
const policyWith = (settings: object) => {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', ...settings });
  return policy ?? expect.unreachable();
};
const two = [
  { addresses: [a], ports: [p] },
  { addresses: [b], ports: [p] },
];
const filled = [
  { addresses: [a], ports: [tcp] },
  { addresses: [b], ports: [tcp] },
];
const packed = [{ addresses: [a, b], ports: [tcp] }];

test.each<[string, unknown, unknown]>([
  ['created', patched(two), packed],
  ['updated', patched(two, 'UPDATE'), filled],
  ['updated, with nothing to fill in', patched(filled, 'UPDATE'), undefined],
  ['packed already', patched(packed), undefined],
  [
    'without packing',
    patched(two, 'CREATE', {}, policyWith({ defaults: { 'pack-subsets': { enabled: false } } })),
    filled,
  ],
  [
    'without protocols',
    patched(filled, 'CREATE', {}, policyWith({ defaults: { protocol: { enabled: false } } })),
    packed,
  ],
  ['in audit mode', patched(two, 'CREATE', {}, policyWith({ mode: 'audit' })), packed],
  [
    'with a warning',
    patched(two.map(({ ports }, i) => ({ addresses: [{ ...[a, b][i], targetRef: { fieldPath: '[' } }], ports })))
      ?.length,
    1,
  ],
])('%s', (_, actual, expected) => expect(actual).toEqual(expected));

describe('what would be denied is not packed', () => {
  test.each<[string, unknown]>([
    ['a bad name', patched(two, 'CREATE', { metadata: { name: '-' } })],
    ['a bad kind', patched(two, 'CREATE', { kind: 'X' })],
    ['a bad name in audit mode', patched(two, 'CREATE', { metadata: { name: '-' } }, policyWith({ mode: 'audit' }))],
    [
      'a bad name of someone exempt',
      patched(two, 'CREATE', { metadata: {} }, policyWith({ exempt: [{ users: ['*'] }] })),
    ],
  ])('%s', (_, actual) => expect(actual).toEqual(filled));

  test.each([
    [
      'ready here, not ready there',
      [
        { addresses: [a], ports: [tcp] },
        { addresses: [b], notReadyAddresses: [a], ports: [tcp] },
      ],
    ],
    [
      'no ready address',
      [
        { addresses: [a], ports: [tcp] },
        { notReadyAddresses: [b], ports: [tcp] },
      ],
    ],
    ['a bad address', [...filled, { addresses: [{ ip: '127.0.0.1' }], ports: [tcp] }]],
    [
      'names that would be missing',
      [
        { addresses: [a], ports: [tcp] },
        { addresses: [a], ports: [{ port: 2, protocol: 'TCP' }] },
      ],
    ],
  ])('%s', (_, subsets) => expect(patched(subsets)).toBeUndefined());
});

test.each([null, 5, 'x', [], {}, { subsets: 'x' }, { subsets: [5, null, { ports: 'x' }] }])(
  '%j gets no patch',
  (object) =>
    expect(mutate(documented, { kind: 'Endpoints', namespace: 'shop', object, operation: 'CREATE' })).toEqual([]),
);

test.each([
  ['{"x":', '1', '}'],
  ['[', '', ']'],
])('9,990 levels of %s: protocols are filled in, nothing is packed', (open, core, close) => {
  const x = JSON.parse(open.repeat(9_990) + core + close.repeat(9_990));
  const value = patched(two.map((subset, i) => ({ ...subset, addresses: [{ ...[a, b][i], x }] })));
  expect(value).toHaveLength(2);
  expect(JSON.stringify(value).split('"protocol":"TCP"')).toHaveLength(3);
});
