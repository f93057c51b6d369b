import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packSubsets } from '../src/defaults/pack-subsets.ts';
import { addressKey, parseAddress } from '../src/endpoints/address.ts';
import { pathText } from '../src/endpoints/field-path.ts';
import { fieldsOf, isFields } from '../src/json/fields.ts';
import { defaultPolicy } from '../src/policy/policy.ts';
import { judge } from '../src/review/judge.ts';
import { mutate } from '../src/review/mutate.ts';
import { review } from '../src/review/review.ts';
import { swapped, valueAt, weird, wildly } from './support/json.ts';

const policy = defaultPolicy();
type Subset = { readonly [list in 'addresses' | 'notReadyAddresses' | 'ports']?: readonly object[] | null };

const optional = { requiredKeys: [] };
const ip = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2',
  '2001:db8::1',
  '2001:DB8::1',
  '127.0.0.1',
  '::127.0.0.1',
  '010.0.0.1',
  '',
);
const text = fc.constantFrom('', 'web', 'Web', 'x'.repeat(64), 'a.b', '[', 'TCP', 'tcp', '\u001b');
const targetRef = fc.record({ kind: text, resourceVersion: text, fieldPath: text }, optional);
const addresses = fc.array(fc.record({ ip, hostname: text, nodeName: text, targetRef }, optional), { maxLength: 3 });
const port = fc.record({ name: text, port: fc.integer({ min: -1, max: 2 }), protocol: text }, optional);
const subset = fc.record(
  { addresses, notReadyAddresses: addresses, ports: fc.array(port, { maxLength: 3 }) },
  optional,
);
const metadata = fc.record(
  {
    name: text,
    generateName: text,
    labels: fc.dictionary(text, text),
    annotations: fc.constant({}),
    finalizers: fc.array(text, { maxLength: 2 }),
  },
  optional,
);
const endpoints = fc.record({
  kind: fc.constant('Endpoints'),
  apiVersion: fc.constant('v1'),
  metadata,
  subsets: fc.array(subset, { maxLength: 4 }),
});

const wild = wildly(endpoints);
const anything = fc.oneof(wild, weird, fc.record({ kind: weird, metadata: weird, subsets: weird }));
const operation = fc.constantFrom('CREATE' as const, 'UPDATE' as const);
const asked = { kind: 'Endpoints', namespace: 'shop', requester: { user: 'me', groups: [] } } as const;

test('judging and mutating never throw', () =>
  fc.assert(
    fc.property(anything, anything, operation, (object, previous, operation) => {
      expect(typeof review(policy, { ...asked, operation, object, previous }).allowed).toBe('boolean');
      expect(mutate(policy, { ...asked, object, operation }).length).toBeLessThan(2);
    }),
    { numRuns: 2000 },
  ));

test('a violation points at what is there, or missing from what is there, and at a field its rule documents', () =>
  fc.assert(
    fc.property(anything, operation, (object, operation) => {
      for (const { rule, finding } of judge(policy, { ...asked, object, operation }).violations) {
        const { path } = finding;
        expect(rule.fields).toContain(pathText(path).replaceAll(/\[\d+\]/g, '[*]'));
        if (pathText(path) !== 'metadata.name') expect(valueAt(object, path.slice(0, -1))).toBeDefined();
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

test('an update by which a finalizer appears, or a member anywhere in subsets, is not unchanged', () =>
  fc.assert(
    fc.property(wild, fc.nat(), (previous, pick) => {
      fc.pre(isFields(previous));
      const { metadata, subsets } = previous;
      const finalizers = [...[fieldsOf(metadata).finalizers ?? []].flat(), 'example.com/keep'];
      const kept = { ...previous, metadata: { ...fieldsOf(metadata), finalizers } };
      expect(exemptionOf(kept, previous)).not.toBe('unchanged');
      const grown = structuredClone({ subsets });
      const places = objectsIn(grown.subsets);
      if (places.length > 0) Object.assign(places[pick % places.length] ?? {}, { appeared: 1 });
      else grown.subsets = [{}];
      expect(exemptionOf({ ...previous, ...grown }, previous)).not.toBe('unchanged');
    }),
    { numRuns: 2000 },
  ));

const exemptionOf = (object: unknown, previous: unknown) =>
  review(policy, { ...asked, operation: 'UPDATE', object, previous }).exemption;

function objectsIn(value: unknown): object[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isFields(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

/** Everything that subsets say: who is there, on which ports, ready or not. */
function content(subsets: readonly Subset[], protocol?: 'TCP') {
  const ports = ({ ports }: Subset) =>
    (ports ?? []).map((port) =>
      JSON.stringify(
        Object.entries(
          protocol ? { ...port, protocol: ('protocol' in port && port.protocol) || protocol } : port,
        ).sort(),
      ),
    );
  const listed = ({ addresses, notReadyAddresses }: Subset) =>
    [
      ...(addresses ?? []).map((item) => ['ready', item]),
      ...(notReadyAddresses ?? []).map((item) => ['not', item]),
    ].map((item) => JSON.stringify(item));
  const triples = subsets.flatMap((subset) =>
    listed(subset).flatMap((item) => ports(subset).map((port) => item + port)),
  );
  return [triples, subsets.flatMap(listed), subsets.flatMap(ports)].map((items) => [...new Set(items)].sort());
}

const name = fc.constantFrom('a', 'b');
const number = fc.constantFrom(1, 2);
const few = fc.array(
  fc.record({ ip: fc.constantFrom('10.0.0.1', '10.0.0.2'), hostname: name }, { requiredKeys: ['ip'] }),
  { maxLength: 2 },
);
const somePorts = fc.array(
  fc.record({ name, port: number, protocol: fc.constantFrom('TCP', '', 'UDP') }, { requiredKeys: ['port'] }),
  { maxLength: 2 },
);
const packable = fc.array(
  fc.record({ addresses: few, notReadyAddresses: fc.option(few), ports: somePorts }, optional),
  { maxLength: 5 },
);

test('packing loses nothing, invents nothing, mixes nothing, and is done once', () =>
  fc.assert(
    fc.property(packable, (subsets) => {
      const packed = packSubsets(subsets) as readonly Subset[];
      expect(content(packed)).toEqual(content(subsets));
      expect(packSubsets(packed)).toBe(packed);
    }),
    { numRuns: 3000 },
  ));

test('mutating loses nothing, and is done once', () =>
  fc.assert(
    fc.property(packable, operation, (subsets, operation) => {
      const object = { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web' }, subsets };
      const [patch] = mutate(policy, { ...asked, object, operation });
      const after = (patch?.value ?? subsets) as readonly Subset[];
      expect(content(after, 'TCP')).toEqual(content(subsets, 'TCP'));
      expect(mutate(policy, { ...asked, object: { ...object, subsets: after }, operation })).toEqual([]);
    }),
    { numRuns: 3000 },
  ));

const characters = fc.constantFrom(...'0123456789abcdefABCDEFgx.:%/[] \n', '::', '00', 'ffff:', '127.0.0.1');
const spelling = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc
    .tuple(fc.constantFrom('::', '::ffff:', '::FFFF:0:', '64:ff9b::', '0:0:0:0:0:', '1:2:3:4:5:6:'), fc.ipV4())
    .map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom('0', '1', 'ab', 'FFFF', '00a0', '', '12345'), { maxLength: 9 })
    .map((parts) => parts.join(':')),
);
const nearly = fc
  .tuple(spelling, fc.array(fc.tuple(fc.nat(), fc.nat(2), characters), { maxLength: 2 }))
  .map(([text, edits]) =>
    edits.reduce(
      (text, [at, cut, put]) =>
        text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut),
      text,
    ),
  );

/** The canonical text, by a reader that is neither ours nor ipaddr.js, which takes ::1.2.3.4 for ::ffff:1.2.3.4. */
function canonical(text: string): string {
  return new URL(`http://${isIP(text) === 6 ? `[${text}]` : text}/`).hostname;
}

function isMapped(text: string): boolean {
  return /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(canonical(text));
}

test('addresses are read where node:net reads them, zones and IPv4-mapped aside', () =>
  fc.assert(
    fc.property(nearly, (text) => {
      const family = text.includes('%') || isIP(text) === 0 || isMapped(text) ? undefined : `IPv${isIP(text)}`;
      expect(parseAddress(text)?.family).toBe(family);
    }),
    { numRuns: 20_000 },
  ));

const hextets = fc.array(fc.constantFrom(0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 });
const spelled = fc.tuple(hextets, fc.nat(5), fc.boolean(), fc.boolean()).map(([parts, gap, upper, dotted]) => {
  const [high = 0, low = 0] = parts.slice(6);
  const tail = dotted
    ? [high >> 8, high & 255, low >> 8, low & 255].join('.')
    : `${high.toString(16)}:${low.toString(16).padStart(4, '0')}`;
  const head = parts.slice(0, 6).map((part) => part.toString(16));
  const full = [...head, tail].join(':');
  const short =
    parts[gap] === 0 ? `${head.slice(0, gap).join(':')}::${[...head.slice(gap + 1), tail].join(':')}` : full;
  return upper ? short.toUpperCase() : short;
});
const valid = fc.oneof(spelled, fc.constantFrom('1.2.3.4', '::1.2.3.4', '0.0.0.0', '::', '0::0'), fc.ipV4(), fc.ipV6());
const pairs = fc.oneof(
  fc.tuple(valid, valid),
  valid.map((text): [string, string] => [text, canonical(text).replace(/[[\]]/g, '')]),
);

test('two addresses have one key where another reader reads them alike', () =>
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      const [a, b] = [parseAddress(one), parseAddress(other)];
      fc.pre(a !== undefined && b !== undefined);
      expect(addressKey(a) === addressKey(b)).toBe(canonical(one) === canonical(other));
    }),
    { numRuns: 5000 },
  ));
