import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPolicy } from '../../src/commands/policy-file.ts';
import { documentedPolicy, type Policy } from '../../src/policy/policy.ts';
import { mutate } from '../../src/review/mutate.ts';
import { type Review, review } from '../../src/review/review.ts';

const example = (name: string) => readPolicy(`docs/policies/${name}.yaml`);
const patroni = example('patroni');
const sctp = example('sctp');
const gitops = example('gitops');
const documented = documentedPolicy();

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

/** The rules that refuse a review. */
function refusals(policy: Policy, request: Review): readonly string[] {
  const { allowed, violations } = review(policy, request);
  const denied = violations.filter(({ enforcement }) => enforcement === 'deny').map(({ rule }) => rule.id);
  return allowed ? [] : denied;
}

test('every example is tested here', () => {
  expect(readdirSync('docs/policies').sort()).toEqual(['gitops.yaml', 'patroni.yaml', 'sctp.yaml']);
});

test.each<[string, Policy, Review, string]>([
  ['patroni allows a leader lock without subsets', patroni, lock, 'subsets-required'],
  ['patroni allows a cluster without a ready leader', patroni, noLeader, 'addresses-required'],
  ['sctp allows SCTP', sctp, association, 'protocol'],
])('%s, which the documented rules refuse', (_, policy, request, rule) => {
  expect(refusals(documented, request)).toEqual([rule]);
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
  expect(mutate(documented, two('TCP'))).toMatchObject([{ op: 'replace', path: '/subsets', value: { length: 1 } }]);
  expect(mutate(gitops, two('TCP'))).toEqual([]);
  expect(JSON.stringify(mutate(gitops, two()))).toContain('"TCP"');
  for (const policy of [documented, gitops]) expect(review(policy, two()).violations).toEqual([]);
});
