import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../src/endpoints/address.ts';
import { fieldsOf } from '../src/endpoints/fields.ts';
import { type Path, pathText } from '../src/endpoints/finding.ts';
import { defaultPolicy } from '../src/policy/policy.ts';
import { judge } from '../src/review/judge.ts';
import { mutate } from '../src/review/mutate.ts';
import { review } from '../src/review/review.ts';
import { swapped, valueAt, weird, wildly } from './support/json.ts';

const policy = defaultPolicy();
const optional = { requiredKeys: [] };
const ip = fc.constantFrom(
  '10.0.0.1',
  '2001:DB8::1',
  '127.0.0.1',
  '::127.0.0.1',
  '::1',
  '010.0.0.1',
  'web.example',
  '',
);
const text = fc.constantFrom('', 'web', 'Web', 'x'.repeat(64), 'a.b', '[', 'TCP', '\u001b');
const targetRef = fc.record({ kind: text, uid: text, resourceVersion: text, fieldPath: text }, optional);
const flag = fc.constantFrom(true, false, null);
const conditions = fc.record({ ready: flag, serving: flag, terminating: flag }, optional);
const endpoint = fc.record(
  { addresses: fc.array(ip, { maxLength: 3 }), conditions, hostname: text, nodeName: text, zone: text, targetRef },
  optional,
);
const number = fc.option(fc.integer({ min: -1, max: 2 }));
const port = fc.record({ name: text, port: number, protocol: text, appProtocol: text }, optional);
const owner = fc.record({ apiVersion: text, kind: text, name: text, uid: text, controller: flag }, optional);
const label = fc.constantFrom('kubernetes.io/service-name', 'service.kubernetes.io/headless', 'a');
const metadata = fc.record(
  {
    name: text,
    generateName: text,
    labels: fc.dictionary(label, text),
    ownerReferences: fc.array(owner, { maxLength: 2 }),
    finalizers: fc.array(text, { maxLength: 2 }),
  },
  optional,
);
const slice = fc.record({
  kind: fc.constant('EndpointSlice'),
  apiVersion: fc.constant('discovery.k8s.io/v1'),
  metadata,
  addressType: fc.constantFrom('IPv4', 'IPv6', 'FQDN'),
  endpoints: fc.option(fc.array(endpoint, { maxLength: 4 })),
  ports: fc.option(fc.array(port, { maxLength: 3 })),
});
const wild = wildly(slice);
const anything = fc.oneof(
  wild,
  weird,
  fc.record({ kind: weird, metadata: weird, addressType: weird, endpoints: weird, ports: weird }),
);
const operation = fc.constantFrom('CREATE' as const, 'UPDATE' as const);
const asked = { kind: 'EndpointSlice', namespace: 'shop', requester: { user: 'me', groups: [] } } as const;

test('judging and mutating never throw', () =>
  fc.assert(
    fc.property(anything, anything, operation, (object, previous, operation) => {
      expect(typeof review(policy, { ...asked, operation, object, previous }).allowed).toBe('boolean');
      expect(mutate(policy, { ...asked, object, operation })).toEqual([]);
    }),
    { numRuns: 2000 },
  ));

test('a violation points at what is there, or missing from what is there, at a field its rule documents for its kinds', () =>
  fc.assert(
    fc.property(anything, operation, (object, operation) => {
      for (const { rule, finding } of judge(policy, { ...asked, object, operation }).violations) {
        const field = pathText(finding.path).replaceAll(/\[\d+\]/g, '[*]');
        expect(rule.kinds).toContain('EndpointSlice');
        expect(rule.fields).toContain(field);
        expect(field).not.toMatch(/^subsets/);
        expect(valueAt(object, finding.path.slice(0, -1))).toBeDefined();
      }
    }),
    { numRuns: 2000 },
  ));

test('an update that changes nothing is allowed', () =>
  fc.assert(
    fc.property(wild, fc.infiniteStream(fc.nat()), (object, tosses) => {
      const previous = swapped(object, () => tosses.next().value);
      expect(review(policy, { ...asked, operation: 'UPDATE', object, previous }).allowed).toBe(true);
      expect(review(policy, { ...asked, operation: 'UPDATE', object: previous, previous: object }).allowed).toBe(true);
    }),
    { numRuns: 2000 },
  ));

test('an update that is exempted as unchanged has the violations that the object had before', () =>
  fc.assert(
    fc.property(wild, fc.nat(), fc.boolean(), (previous, pick, inMetadata) => {
      const object = structuredClone(previous);
      const container = inMetadata ? fieldsOf(object).metadata : object;
      const keys = Object.keys(fieldsOf(container));
      const key = keys[pick % Math.max(keys.length, 1)];
      fc.pre(key !== undefined && !JSON.stringify(fieldsOf(container)[key]).includes('[]')); // an empty list counts as absent
      delete (container as Record<string, unknown>)[key];
      const { exemption, violations } = review(policy, { ...asked, operation: 'UPDATE', object, previous });
      if (exemption !== 'unchanged') return;
      const before = judge(policy, { ...asked, operation: 'UPDATE', object: previous }).violations;
      expect(violations.map(described)).toEqual(before.map(described));
    }),
    { numRuns: 2000 },
  ));

type Violation = ReturnType<typeof judge>['violations'][number];
const described = ({ rule, finding }: Violation) => `${rule.id} ${pathText(finding.path)} ${finding.message}`;

/** What Endpoints and slices can both say, with what cannot be read in either of them. */
const value = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(5, true, {}, [], null) },
);
const item = fc.record(
  {
    ip: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('10.0.0.1', '127.0.0.1', '169.254.1.1', '224.0.0.9', '010.0.0.1', '') },
      { weight: 1, arbitrary: fc.constantFrom(5, null, {}, []) },
    ),
    hostname: value,
    nodeName: value,
    targetRef: fc.oneof(fc.constantFrom(null, 'x'), fc.record({ kind: value, uid: value }, optional)),
  },
  { requiredKeys: ['ip'] },
);
const samePort = fc.record(
  {
    port: fc.oneof(fc.integer({ min: -1, max: 2 }), fc.constantFrom(65535, 65536, '80', 0.5, [])),
    name: value,
    protocol: value,
  },
  { requiredKeys: ['port'] },
);
const content = fc.record({
  items: fc.array(item, { maxLength: 4 }),
  ready: fc.nat(4),
  ports: fc.array(samePort, { maxLength: 3 }),
});
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never;

/** Those from `ready` on are not ready. */
const asEndpoints = ({ items, ready, ports }: Content) => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web' },
  subsets: [{ addresses: items.slice(0, ready), notReadyAddresses: items.slice(ready), ports }],
});

const asSlice = ({ items, ready, ports }: Content) => ({
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web' },
  addressType: 'IPv4',
  endpoints: items.map(({ ip, ...rest }, i) => ({ addresses: [ip], conditions: { ready: i < ready }, ...rest })),
  ports,
});

/** Where in the slice stands what stands at a path of the Endpoints. */
function inSlice(path: Path, ready: number): Path {
  const [, , list, index = 0, ...rest] = path;
  if (list === 'ports') return [list, index, ...rest];
  const place = Number(index) + (list === 'notReadyAddresses' ? ready : 0);
  return ['endpoints', place, ...(rest[0] === 'ip' ? ['addresses', 0] : rest)];
}

test('the same content has the same violations of shared rules as Endpoints and as a slice', () =>
  fc.assert(
    fc.property(content, operation, (said, operation) => {
      const of = (kind: 'Endpoints' | 'EndpointSlice', object: object) =>
        judge(policy, { ...asked, kind, operation, object }).violations.filter(({ rule }) => rule.kinds.length === 2);
      const ready = Math.min(said.ready, said.items.length);
      const told = of('Endpoints', asEndpoints(said)).map(({ rule, finding }) => [
        rule.id,
        pathText(inSlice(finding.path, ready)),
        finding.message.replace(', and one that is missing counts as 0', ''),
      ]);
      const expected = of('EndpointSlice', asSlice(said)).map(({ rule, finding: { path, message } }) => [
        rule.id,
        pathText(path),
        message,
      ]);
      expect(told.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 3000 },
  ));

test('an address is taken where it is of the family that addressType says, and only there', () =>
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), ip), fc.constantFrom('IPv4', 'IPv6'), (address, addressType) => {
      const object = {
        ...asSlice({ items: [], ready: 0, ports: [] }),
        addressType,
        endpoints: [{ addresses: [address] }],
      };
      const { violations } = judge(policy, { ...asked, operation: 'CREATE', object });
      const read = violations.every(({ rule }) => rule.id !== 'well-formed');
      expect(read).toBe(parseAddress(address)?.family === addressType);
    }),
    { numRuns: 2000 },
  ));
