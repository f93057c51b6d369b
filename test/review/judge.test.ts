import { describe, expect, test } from 'vitest';
import { pathText } from '../../src/endpoints/field-path.ts';
import { defaultPolicy, parsePolicy } from '../../src/policy/policy.ts';
import { judge, maxCountedPerRule, type Operation } from '../../src/review/judge.ts';

const byDefault = defaultPolicy();
const head = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web' } };
const good = { addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] };
const found = (object: unknown, operation: Operation = 'CREATE', policy = byDefault) =>
  judge(policy, { kind: 'Endpoints', namespace: 'shop', object, operation }).violations.map(
    ({ rule, finding, enforcement }) => [rule.id, pathText(finding.path), enforcement],
  );

test('an object that breaks no rule has no violations', () => expect(found({ ...head, subsets: [good] })).toEqual([]));

test.each([
  ['subsets-required', head, 'subsets'],
  ['addresses-required', { ...head, subsets: [{ ...good, addresses: [] }] }, 'subsets[0].addresses'],
  ['ports-required', { ...head, subsets: [{ ...good, ports: null }] }, 'subsets[0].ports'],
])('%s binds creation only', (id, object, field) => {
  expect(found(object)).toEqual([[id, field, 'deny']]);
  expect(found(object, 'UPDATE')).toEqual([]);
});

test.each<[string, object, string[]]>([
  ['subsets', { subsets: 5 }, ['subsets']],
  ['a subset', { subsets: [5] }, ['subsets[0]']],
  ['both lists', { subsets: [{ addresses: {}, ports: {} }] }, ['subsets[0].addresses', 'subsets[0].ports']],
  [
    'a port',
    { subsets: [{ ...good, ports: [{ name: 'a', port: 'x' }, 5] }] },
    ['subsets[0].ports[0].port', 'subsets[0].ports[1]'],
  ],
  ['an address', { subsets: [{ ...good, addresses: [{ ip: '127.1' }] }] }, ['subsets[0].addresses[0].ip']],
  ['metadata', { subsets: [good], metadata: 'x' }, ['metadata']],
  ['a name', { subsets: [good], metadata: { name: 5 } }, ['metadata.name']],
])('what cannot be read is told once: %s', (_, fields, expected) =>
  expect(found({ ...head, ...fields })).toEqual(expected.map((field) => ['well-formed', field, 'deny'])),
);

test('what can be read is judged beside what cannot', () => {
  const subsets = [5, { addresses: [{ ip: '::1' }, { ip: 7 }], ports: [{ port: 0 }] }];
  expect(found({ ...head, subsets }).map(([id, field]) => [id, field])).toEqual([
    ['well-formed', 'subsets[0]'],
    ['well-formed', 'subsets[1].addresses[1].ip'],
    ['special-address', 'subsets[1].addresses[0].ip'],
    ['port-range', 'subsets[1].ports[0].port'],
  ]);
});

test.each([null, 5, 'x', [], true, undefined])('%j is judged', (object) =>
  expect(found(object)).toEqual([['well-formed', '', 'deny']]),
);

test('audit mode audits everything, well-formed too', () => {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', mode: 'audit' });
  const object = { ...head, kind: 'X', subsets: [{ ...good, ports: [{ port: 0 }] }] };
  expect(found(object, 'CREATE', policy)).toEqual([
    ['well-formed', 'kind', 'audit'],
    ['port-range', 'subsets[0].ports[0].port', 'audit'],
  ]);
});

test('a rule that is none does not judge', () => {
  const rules = { 'port-range': { enforcement: 'none' }, protocol: { enforcement: 'warn' } };
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules });
  const object = { ...head, subsets: [{ ...good, ports: [{ port: 0, protocol: 'x' }] }] };
  expect(found(object, 'CREATE', policy)).toEqual([['protocol', 'subsets[0].ports[0].protocol', 'warn']]);
});

describe('hostile sizes', () => {
  const checks = byDefault.checks.filter(({ rule }) => ['special-address', 'node-name'].includes(rule.id));
  const two = { ...byDefault, checks };
  const all = (fields: object) => {
    const addresses = Array.from({ length: maxCountedPerRule + 5 }, () => ({
      ip: '127.0.0.1',
      nodeName: '',
      ...fields,
    }));
    const ids = found({ ...head, subsets: [{ ...good, addresses }] }, 'CREATE', two).map(([id]) => id);
    return [...Map.groupBy(ids, (id) => id)].map(([id, { length }]) => [id, length]);
  };

  test('violations of each rule are counted up to a bound', () =>
    expect(all({})).toEqual([
      ['special-address', maxCountedPerRule],
      ['node-name', maxCountedPerRule],
    ]));

  test('what is mostly unreadable is judged no further', () =>
    expect(all({ hostname: 5 })).toEqual([['well-formed', maxCountedPerRule]]));

  const deep = (open: string, close: string) => JSON.parse(`${open.repeat(10_000)}1${close.repeat(10_000)}`);
  test.each([
    ['lists', deep('[', ']')],
    ['objects', deep('{"subsets":', '}')],
  ])('10,000 levels of %s anywhere', (_, value) => {
    const fields = { ip: value, hostname: value, nodeName: value, targetRef: value };
    const object = {
      ...head,
      metadata: { name: value, labels: value },
      subsets: [{ addresses: [fields, value], ports: [value, { port: value }] }, value],
    };
    expect(found(object).length).toBeGreaterThan(8);
    expect(found({ ...head, subsets: value }).length).toBeGreaterThan(0);
    expect(found(value).length).toBeGreaterThan(0);
  });
});
