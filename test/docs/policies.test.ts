import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPolicy } from '../../src/manifests/policy-file.ts';
import { defaultPolicy, type Policy } from '../../src/policy/policy.ts';
import { mutate } from '../../src/review/mutate.ts';
import { type Review, review } from '../../src/review/review.ts';
import { shapes } from './operators.ts';
import type { Shape } from './shapes/shape.ts';

const example = (name: string) => readPolicy(`docs/policies/${name}.yaml`);
const patroni = example('patroni');
const sctp = example('sctp');
const gitops = example('gitops');
const standard = defaultPolicy();

const user = (name: string) => ({ user: name, groups: ['system:authenticated'] });
const requester = user('system:serviceaccount:databases:patroni');

function create(subsets: readonly object[] | undefined, over: Partial<Review> = {}): Review {
  const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'shop-config' }, subsets };
  return { kind: 'Endpoints', operation: 'CREATE', namespace: 'databases', requester, object, ...over };
}

const ports = (protocol?: string) => [{ port: 5432, protocol }];
const addresses = [{ ip: '10.1.2.3' }];

const lock = create(undefined);
const noLeader = create([{ notReadyAddresses: addresses, ports: ports() }]);
const association = create([{ addresses, ports: ports('SCTP') }]);
const loopback = create([{ addresses: [{ ip: '127.0.0.1' }], ports: ports() }]);
const outsider = { requester: user('system:serviceaccount:shop:patroni') };

/** The rules that refuse a review, each once. */
function refusals(policy: Policy, request: Review): readonly string[] {
  const { allowed, violations } = review(policy, request);
  const denied = violations.filter(({ enforcement }) => enforcement === 'deny').map(({ rule }) => rule.id);
  return allowed ? [] : [...new Set(denied)];
}

test('every example is tested here', () => {
  expect(readdirSync('docs/policies').sort()).toEqual(
    ['gitops', 'sctp', ...Object.keys(shapes)].map((name) => `${name}.yaml`).sort(),
  );
});

test.each<[string, Policy, Review, string]>([
  ['patroni allows a leader lock without subsets', patroni, lock, 'subsets-required'],
  ['patroni allows a cluster without a ready leader', patroni, noLeader, 'addresses-required'],
  ['sctp allows SCTP', sctp, association, 'protocol'],
])('%s, which the default policy refuses', (_, policy, request, rule) => {
  expect(refusals(standard, request)).toEqual([rule]);
  expect(review(policy, request).allowed).toBe(true);
});

test.each<[string, Policy, Review, string]>([
  ['patroni: a lock in another namespace', patroni, { ...lock, namespace: 'shop' }, 'subsets-required'],
  ['patroni: a lock of another namespace’s service account', patroni, { ...lock, ...outsider }, 'subsets-required'],
  ['patroni: a loopback address', patroni, loopback, 'special-address'],
  ['patroni: a subset without ports', patroni, create([{ addresses }]), 'ports-required'],
  ['patroni: what cannot be read', patroni, create([{ addresses: [{ ip: '127.1' }], ports: ports() }]), 'well-formed'],
  ['sctp: lower case', sctp, create([{ addresses, ports: ports('sctp') }]), 'protocol'],
  ['sctp: another protocol', sctp, create([{ addresses, ports: ports('ICMP') }]), 'protocol'],
  ['sctp: a lock', sctp, lock, 'subsets-required'],
  ['gitops: a loopback address', gitops, loopback, 'special-address'],
  ['gitops: SCTP', gitops, association, 'protocol'],
])('%s is still refused', (_, policy, request, rule) => {
  expect(refusals(policy, request)).toEqual([rule]);
});

test.each(['TCP', 'UDP'])('sctp goes on allowing %s', (protocol) => {
  expect(review(sctp, create([{ addresses, ports: ports(protocol) }]))).toMatchObject({
    allowed: true,
    violations: [],
  });
});

test('gitops leaves subsets as they were written, and fills in the protocol', () => {
  const two = (protocol?: string) =>
    create([
      { addresses, ports: ports(protocol) },
      { addresses: [{ ip: '10.1.2.4' }], ports: ports(protocol) },
    ]);
  expect(mutate(standard, two('TCP'))).toMatchObject([{ op: 'replace', path: '/subsets', value: { length: 1 } }]);
  expect(mutate(gitops, two('TCP'))).toEqual([]);
  expect(JSON.stringify(mutate(gitops, two()))).toContain('"TCP"');
  for (const policy of [standard, gitops]) expect(review(policy, two()).violations).toEqual([]);
});

const known = Object.entries(shapes).flatMap(([name, all]) =>
  all.map((shape) => ({ name, policy: example(name), shape, ...shape })),
);

function ask({ object, namespace, user: name }: Shape, over: Partial<Review> = {}): Review {
  return { kind: object.kind, operation: 'CREATE', namespace, requester: user(name), object, ...over };
}

const aimedAt = (ip: string, { object }: Shape) => ({
  ...object,
  ...(object.kind === 'Endpoints'
    ? { subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }] }
    : { addressType: 'IPv4', endpoints: [{ addresses: [ip] }] }),
});

test.each(known)('$name allows $what, which is refused without its exemption', ({ policy, shape }) => {
  expect(refusals(policy, ask(shape))).toEqual([]);
  expect(refusals({ ...policy, exempt: [] }, ask(shape))).toEqual(shape.refusedBy);
});

test.each(known)('$name refuses anybody else $what', ({ policy, shape }) => {
  const requester = user(`system:serviceaccount:${shape.namespace}-tenant:default`);
  expect(refusals(policy, ask(shape, { requester }))).toEqual(shape.refusedBy);
});

test.each(known)('$name refuses even its operator a loopback address in $what', ({ policy, shape }) => {
  expect(refusals(policy, ask(shape, { object: aimedAt('127.0.0.1', shape) }))).toContain('special-address');
});

test.each(known)('$name, where it exempts in a namespace, refuses in others $what', ({ policy, shape }) => {
  const limited = policy.exempt.some(({ namespaces }) => namespaces);
  expect(refusals(policy, ask(shape, { namespace: 'elsewhere' }))).toEqual(limited ? shape.refusedBy : []);
});

test('knative lets its controller, and nobody else, name a gateway of another namespace', () => {
  const externalName = 'kourier-internal.kourier-system.svc.cluster.local';
  const spec = { type: 'ExternalName', externalName, ports: [{ name: 'http2', port: 80, targetPort: 80 }] };
  const object = { kind: 'Service', apiVersion: 'v1', metadata: { name: 'hello', namespace: 'shop' }, spec };
  const by = (requester: Review['requester']): Review => ({
    ...{ kind: 'Service', operation: 'CREATE', namespace: 'shop', requester, object },
  });
  expect(refusals(example('knative'), by(user('system:serviceaccount:knative-serving:controller')))).toEqual([]);
  expect(refusals(example('knative'), by(user('alice')))).toEqual(['service-external-name']);
});

test('each policy that has shapes exempts one operator only', () => {
  for (const name of Object.keys(shapes)) {
    const { exempt, mode } = example(name);
    expect([mode, exempt.length, exempt[0]?.users?.length]).toEqual(['enforce', 1, 1]);
    const needed = shapes[name]?.flatMap(({ refusedBy }) => refusedBy);
    expect(exempt[0]?.rules).toEqual(expect.arrayContaining(needed ?? []));
  }
});
