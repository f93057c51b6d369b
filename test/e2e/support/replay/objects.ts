import fc from 'fast-check';
import { isDnsLabel } from '../../../../src/endpoints/dns.ts';
import type { Kind } from '../../../../src/endpoints/view.ts';
import { fieldsOf } from '../../../../src/json/fields.ts';
import { applyChange, type Change, change } from './change.ts';

/** An object as a client sends it: most of it is right. */
export interface Sent {
  readonly kind: Kind;
  readonly object: unknown;
}

/** The same objects for the same seed. */
export function generateObjects(count: number, seed: number): readonly Sent[] {
  return fc.sample(sent, { numRuns: count, seed });
}

const sometimes = { requiredKeys: [] };
const label = fc.constantFrom('web', 'a', 'a-1', '0');
const name = fc.constantFrom('web', 'web-1', 'a.b', 'x'.repeat(63), 'x'.repeat(253));
const port = fc.record(
  {
    name: fc.option(label),
    port: fc.integer({ min: 1, max: 65_535 }),
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', null),
    appProtocol: fc.constantFrom('http', 'kubernetes.io/h2c', null),
  },
  { requiredKeys: ['port'] },
);
const ports = fc.uniqueArray(port, { maxLength: 3, selector: (one) => one.name ?? '' });
const target = fc.record(
  {
    ...{ kind: fc.constant('Pod'), namespace: name, name, uid: label, apiVersion: fc.constant('v1') },
    ...{ resourceVersion: label, fieldPath: fc.constant('spec.containers{web}') },
  },
  sometimes,
);
const ipv4 = fc.constantFrom('10.0.0.1', '10.0.0.2', '203.0.113.9', '239.1.1.1');
const ipv6 = fc.constantFrom('2001:db8::1', '2001:db8::1:0:0:1', 'fd00::a');
const fqdn = fc.constantFrom('db.example.com', 'db.example.com.', 'a.b');
const time = fc.constantFrom('2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+02:00', null);
const key = fc.constantFrom('app', 'example.com/app', 'a_B.c', 'kubernetes.io/service-name');
const owner = fc.record(
  {
    apiVersion: fc.constantFrom('v1', 'apps/v1'),
    kind: label,
    name: label,
    uid: label,
    blockOwnerDeletion: fc.boolean(),
  },
  { requiredKeys: ['apiVersion', 'kind', 'name', 'uid'] },
);
const managed = fc.record(
  {
    ...{
      manager: fc.constant('kubectl'),
      operation: fc.constantFrom('Apply', 'Update'),
    },
    ...{
      apiVersion: fc.constantFrom('v1', 'discovery.k8s.io/v1'),
      time,
      fieldsType: fc.constant('FieldsV1'),
      fieldsV1: fc.constant({ 'f:metadata': {} }),
      subresource: fc.constant(''),
    },
  },
  { requiredKeys: ['operation'] },
);
const metadata = fc.record(
  {
    name,
    namespace: fc.constantFrom(null, ''),
    generateName: fc.constantFrom('web-', 'web', 'x'.repeat(58)),
    labels: fc.dictionary(key, label, { maxKeys: 2 }),
    annotations: fc.dictionary(key, fc.string({ maxLength: 9 }), { maxKeys: 2 }),
    ...{ uid: label, selfLink: label, generation: fc.nat(), creationTimestamp: time, deletionTimestamp: time },
    deletionGracePeriodSeconds: fc.nat(),
    ownerReferences: fc.array(owner, { maxLength: 2 }),
    finalizers: fc.uniqueArray(fc.constantFrom('example.com/a', 'kubernetes', 'orphan'), { maxLength: 2 }),
    managedFields: fc.array(managed, { maxLength: 1 }),
  },
  { requiredKeys: ['name'] },
);
const address = fc.record(
  { ip: fc.oneof(ipv4, ipv6), hostname: label, nodeName: name, targetRef: target },
  { requiredKeys: ['ip'] },
);
const subset = fc.record(
  {
    addresses: fc.array(address, { minLength: 1, maxLength: 2 }),
    notReadyAddresses: fc.array(address, { maxLength: 1 }),
    ports: fc.oneof(
      fc.array(port, { maxLength: 1 }),
      fc.constant([
        { name: 'a', port: 1 },
        { name: 'b', port: 2 },
      ]),
    ),
  },
  { requiredKeys: ['addresses'] },
);
const flag = fc.constantFrom(true, false, null);
const hinted = (one: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.record({ name: one }), { maxLength: 3, selector: (hint) => hint.name });
const endpoint = (one: fc.Arbitrary<string>) =>
  fc.record(
    {
      addresses: fc.array(one, { minLength: 1, maxLength: 3 }),
      conditions: fc.record({ ready: flag, serving: flag, terminating: flag }, sometimes),
      ...{ hostname: label, nodeName: name, zone: label, targetRef: target },
      hints: fc.record({ forZones: hinted(label), forNodes: hinted(name) }, sometimes),
      deprecatedTopology: fc.dictionary(key, label, { maxKeys: 2 }),
    },
    { requiredKeys: ['addresses'] },
  );
const slice = (addressType: string, one: fc.Arbitrary<string>) =>
  fc.record(
    {
      apiVersion: fc.constant('discovery.k8s.io/v1'),
      kind: fc.constant('EndpointSlice' as const),
      ...{
        metadata,
        addressType: fc.constant(addressType),
        endpoints: fc.array(endpoint(one), { maxLength: 3 }),
        ports,
      },
    },
    { requiredKeys: ['apiVersion', 'kind', 'metadata', 'addressType'] },
  );
const endpoints = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Endpoints' as const),
  metadata,
  subsets: fc.array(subset, { maxLength: 2 }),
});

const sent: fc.Arbitrary<Sent> = fc
  .record({
    object: fc.oneof(endpoints, slice('IPv4', ipv4), slice('IPv6', ipv6), slice('FQDN', fqdn)),
    changes: fc.oneof(
      { weight: 1, arbitrary: fc.constant<Change[]>([]) },
      { weight: 5, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
    ),
  })
  .map(({ object, changes }) => ({
    kind: object.kind,
    object: inAnyNamespace(changes.reduce<unknown>(applyChange, object)),
  }));

/** Whether a namespace is there is not to be seen in an object. */
function inAnyNamespace(object: unknown): unknown {
  const { metadata } = fieldsOf(object);
  const { namespace } = fieldsOf(metadata);
  if (typeof namespace !== 'string' || !isDnsLabel(namespace)) return object;
  return { ...fieldsOf(object), metadata: { ...fieldsOf(metadata), namespace: null } };
}
