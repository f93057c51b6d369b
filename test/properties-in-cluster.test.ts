import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathText } from '../src/endpoints/field-path.ts';
import { review } from '../src/review/review.ts';
import { clusterOf } from '../src/state/cluster-of.ts';
import { apiServer, clusterIP, foreign, ingress, node, own, service } from './support/holders.ts';
import { valueAt, wildly } from './support/json.ts';
import { all, policyOf } from './support/ownership.ts';

// What holds for every object in a cluster, with all rules on that have to know it.

const policy = policyOf(all);
const ips = [
  '10.244.3.7',
  '10.96.7.7',
  '203.0.113.5',
  'fd00:244::307',
  '64:ff9b::10.244.3.7',
  '2002:af4:307::',
  'db.example.com',
  '',
];
const ip = fc.constantFrom(...ips);
const port = fc.record({ port: fc.constantFrom(80, 10250, 0, null) });
const named = { metadata: { name: 'web' } };
const endpoints = fc.record({
  ...{ kind: fc.constant('Endpoints'), apiVersion: fc.constant('v1'), metadata: fc.constant(named.metadata) },
  subsets: fc.array(
    fc.record(
      {
        addresses: fc.array(fc.record({ ip }), { maxLength: 3 }),
        notReadyAddresses: fc.array(fc.record({ ip })),
        ports: fc.array(port),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
});
const slice = fc.record({
  ...{ kind: fc.constant('EndpointSlice'), apiVersion: fc.constant('discovery.k8s.io/v1') },
  metadata: fc.constant(named.metadata),
  addressType: fc.constantFrom('IPv4', 'IPv6', 'FQDN'),
  endpoints: fc.array(fc.record({ addresses: fc.array(ip, { maxLength: 3 }) }), { maxLength: 3 }),
  ports: fc.array(port),
});
const object = fc.oneof(wildly(endpoints), wildly(slice));
const holder = fc.constantFrom(
  own(),
  foreign(),
  foreign({ phase: 'Failed' }),
  node('InternalIP'),
  apiServer,
  service('bank', clusterIP),
  service('bank', ingress),
);
const cluster = fc
  .array(fc.tuple(holder, fc.constantFrom(...ips.slice(0, 4))).map(([has, address]) => has(address)))
  .map(clusterOf);
const kind = fc.constantFrom('Endpoints' as const, 'EndpointSlice' as const);
const asked = { namespace: 'shop', requester: { user: 'me', groups: [] } };

test('judging never throws, and a violation points at what is there, and at a field its rule documents', () =>
  fc.assert(
    fc.property(kind, object, object, cluster, (kind, object, previous, known) => {
      for (const operation of ['CREATE', 'UPDATE'] as const) {
        const { violations } = review(policy, { ...asked, kind, operation, object, previous }, () => known);
        for (const { rule, finding } of violations) {
          expect(rule.fields).toContain(pathText(finding.path).replaceAll(/\[\d+\]/g, '[*]'));
          if (rule.needs) expect(valueAt(object, finding.path)).toBeTypeOf('string');
        }
      }
    }),
    { numRuns: 1000 },
  ));

test('an update that changes nothing is allowed, whatever the cluster is by now', () =>
  fc.assert(
    fc.property(kind, object, cluster, (kind, object, known) => {
      const request = { ...asked, kind, operation: 'UPDATE', object, previous: structuredClone(object) } as const;
      expect(review(policy, request, () => known).allowed).toBe(true);
    }),
    { numRuns: 1000 },
  ));

test('what is refused without a cluster is refused in every cluster', () =>
  fc.assert(
    fc.property(kind, object, cluster, (kind, object, known) => {
      const request = { ...asked, kind, operation: 'CREATE', object } as const;
      if (!review(policy, request).allowed) expect(review(policy, request, () => known).allowed).toBe(false);
    }),
    { numRuns: 1000 },
  ));

test('one more holder of another namespace opens nothing', () =>
  fc.assert(
    fc.property(
      kind,
      object,
      fc.array(holder),
      fc.constantFrom(...ips.slice(0, 4)),
      (kind, object, holders, address) => {
        const request = { ...asked, kind, operation: 'CREATE', object } as const;
        const known = holders.map((has) => has(address));
        const before = review(policy, request, () => clusterOf(known));
        const intruder = foreign({ name: 'intruder' })(address);
        if (!before.allowed) expect(review(policy, request, () => clusterOf([...known, intruder])).allowed).toBe(false);
      },
    ),
    { numRuns: 1000 },
  ));
