import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findExcess, limits } from '../../src/admission/measure.ts';
import { readReview } from '../../src/admission/read-review.ts';
import { decodeReview } from '../../src/admission/request.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { kinds } from '../../src/kinds/index.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { review, reviewRead } from '../../src/review/review.ts';
import { reviewOf, sliceReviewOf, updateOf, validReview, validSliceReview } from '../bench/bodies.ts';
import { fixtureFiles, kindOf } from '../support/corpus.ts';
import { type Json, swapped, wildly } from '../support/json.ts';
import { plainView } from '../support/plain-view.ts';

const policy = defaultPolicy();

/** Whether the reader of bytes reads a body. If so, it must say what the reader of values says. */
function isRead(body: Buffer | string): boolean {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const read = readReview(bytes);
  if (!read) return false;
  const { request, problem, excess } = decodeReview(bytes.toString('utf8'));
  expect([isUtf8(bytes), problem, excess, findExcess(bytes)]).toEqual([true, undefined, undefined, undefined]);
  if (!request?.kind) return expect.unreachable();
  const { name, generateName, finalizers, ...others } = fieldsOf(fieldsOf(request.object).metadata);
  const { labels, annotations, ownerReferences } = others;
  const metadata = { name, generateName, labels, annotations, ownerReferences, finalizers };
  expect(read.request).toEqual({ ...request, object: { metadata }, previous: undefined });
  expect([read.sent.object(), read.sent.previous()]).toEqual([request.object, request.previous]);
  const { view, findings } = kinds[request.kind].parse(request.object, 10);
  expect(findings).toEqual([]);
  expect(plainView(read.view)).toEqual(plainView(view));
  const { operation } = read.request;
  expect(reviewRead(policy, read.request, read.view, read.sent)).toEqual(review(policy, { ...request, operation }));
  return true;
}

const slices = (members: string, type = 'IPv4') =>
  bodyOf(
    `"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"a"},"addressType":"${type}",${members}`,
    {
      group: 'discovery.k8s.io',
      resource: 'endpointslices',
    },
  );
const endpoints = (members: string) =>
  bodyOf(`"kind":"Endpoints","apiVersion":"v1","metadata":{"name":"a"},${members}`);

function bodyOf(object: string, resource: object = { group: '', resource: 'endpoints' }, operation = 'CREATE') {
  const head = `"uid":"u","resource":${JSON.stringify(resource)},"operation":"${operation}","userInfo":{"username":"me"}`;
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{${head},"object":{${object}}}}`;
}

const address = (json: string) => endpoints(`"subsets":[{"addresses":[{${json}}],"ports":[{"port":80}]}]`);
const endpoint = (json: string) => slices(`"endpoints":[{${json}}],"ports":[{"port":80}]`);

describe('what API servers send is read', () => {
  test.each<[string, Buffer | string]>([
    ['Endpoints', validReview(5)],
    ['an EndpointSlice', validSliceReview(5)],
    ['an UPDATE', updateOf([{ addresses: [{ ip: '2001:db8::1' }], ports: [{ port: 1 }] }], [{ ports: [{ port: 2 }] }])],
    [
      'several subsets',
      reviewOf([{ addresses: [{ ip: '10.0.0.1' }] }, { notReadyAddresses: [{ ip: '10.0.0.2' }], ports: [] }]),
    ],
    ['no subsets', reviewOf(null)],
    ['empty subsets', reviewOf([{}, null])],
    ['no endpoints', sliceReviewOf({ endpoints: null, ports: null })],
    [
      'what violates a rule',
      reviewOf([{ addresses: [{ ip: '127.0.0.1', targetRef: { fieldPath: '[', resourceVersion: '1' } }] }]),
    ],
    [
      'all members',
      address('"ip":"10.0.0.1","hostname":"a","nodeName":"n","targetRef":{"kind":"Pod","x":[1e5,{"y":null}]}'),
    ],
    ['null members', address('"ip":"10.0.0.1","hostname":null,"nodeName":null,"targetRef":null')],
    [
      'conditions',
      endpoint('"addresses":["10.0.0.1","10.0.0.2"],"conditions":{"ready":false,"serving":null},"zone":"a","hints":{}'),
    ],
    ['white space', JSON.stringify(JSON.parse(validReview(2).toString()), null, 2)],
    ['escapes where nobody reads', endpoints('"x":"\\"\\\\\\u00e9\\n"')],
    [
      'annotations with escapes',
      endpoints('"subsets":[]').replace('"name":"a"', '"name":"a","annotations":{"x":"{\\"a\\":1}"}'),
    ],
  ])('%s', (_, body) => expect(isRead(body)).toBe(true));
});

/** Endpoints with twelve addresses, of which the last has this member, and the others the first. */
const alike = (member: string, last: string) =>
  endpoints(
    `"subsets":[{"addresses":[${Array.from({ length: 12 }, (_, i) => `{"ip":"10.0.0.${i}",${i < 11 ? member : last}}`)}]}]`,
  );

test('node names that share a slot are told apart, in one review and from one to the next', () => {
  const withNodes = (...names: string[]) =>
    reviewOf([{ addresses: names.map((nodeName, i) => ({ ip: `10.0.0.${i}`, nodeName })) }]);
  for (const names of [['dd', 'hh', 'dd'], ['ll'], ['pp', 'll'], ['dd'], ['node-1', 'hh']])
    expect(isRead(withNodes(...names))).toBe(true);
});

describe('an item is compared with those before it', () => {
  test.each([
    ['"x":"a"', '"x":"b"'],
    ['"x":"a"', '"x":"a longer one"'],
    ['"x":"a"', '"x":""'],
    ['"x":""', '"x":"a"'],
    ['"x":"a"', '"x":"\\n"'],
    ['"x":"\\n"', '"x":"\\t"'],
    ['"x":"\\u0041"', '"x":"\\u0042"'],
    ['"x":true', '"x":false'],
    ['"x":1', '"x":12'],
    ['"x":1', '"x":1,"nodeName":"n"'],
    ['"hostname":"a"', '"nodeName":"a"'],
    ['"targetRef":{"fieldPath":"a"}', '"targetRef":{"resourceVersion":"a"}'],
    ['"targetRef":{"name":"a"}', '"targetRef":null'],
  ])('%s, then %s', (member, last) => expect(isRead(alike(member, last))).toBe(true));

  test.each([
    ['"x":"\\n"', '"x":"\\x"'],
    ['"x":"\\n"', '"x":"\\"'],
    ['"x":"\\u0041"', '"x":"\\u004g"'],
    ['"x":"a"', '"x":"\t"'],
    ['"x":"a"', '"x":"b'],
    ['"x":"a"', '"x":"b"c"'],
    ['"x":"a"', '"x":"b",'],
    ['"x":1', '"x":01'],
    ['"x":"a"', '"ip":"a"'],
    ['"x":"a"', '"x":"a","ip":"127.0.0.1"'],
    ['"y":"a"', '"\\u0079":"a"'],
  ])('%s, then %s, which is left to the reader of values', (member, last) =>
    expect(isRead(alike(member, last))).toBe(false),
  );
});

describe('what is left to the reader of values', () => {
  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['not JSON', 'x'],
    ['something behind', `${validReview(1)}x`],
    ['a second value', `${validReview(1)}{}`],
    ['not ASCII', endpoints('"x":"é"')],
    ['not UTF-8', Buffer.from(endpoints('"x":"y"').replace('"y"', '"\xff"'), 'latin1')],
    ['a BOM', `\ufeff${validReview(1)}`],
    ['a key twice', address('"ip":"10.0.0.1","ip":"127.0.0.1"')],
    ['a key twice, the bad one first', address('"ip":"127.0.0.1","ip":"10.0.0.1"')],
    ['a key with an escape', address('"ip":"10.0.0.1","\\u0069p":"127.0.0.1"')],
    ['an escaped key that nobody reads', endpoints('"\\u0061":1')],
    ['the list twice', endpoints('"subsets":[],"subsets":[{"addresses":[{"ip":"127.0.0.1"}]}]')],
    ['the object twice', endpoints('"x":1').replace('"object":', '"object":{},"object":')],
    ['the request twice', validReview(1).toString().replace('"request":', '"request":{},"request":')],
    ['white space before a colon', address('"ip" :"127.0.0.1"')],
    ['an escape in an address', address('"ip":"\\u00310.0.0.1"')],
    [
      'ready ones last',
      endpoints('"subsets":[{"notReadyAddresses":[{"ip":"10.0.0.2"}],"addresses":[{"ip":"10.0.0.1"}]}]'),
    ],
    [
      'the type last',
      slices('"endpoints":[]')
        .replace('"addressType":"IPv4",', '')
        .replace('"endpoints":[]', '"endpoints":[],"addressType":"IPv4"'),
    ],
    ['another family', slices('"endpoints":[{"addresses":["::2"]}]')],
    ['names', slices('"endpoints":[{"addresses":["a.example"]}]', 'FQDN')],
    ['a comma too many', address('"ip":"10.0.0.1",')],
    ['a comma too many in a list', endpoints('"subsets":[{},]')],
    ['a comma too many where nobody reads', endpoints('"x":[1,]')],
    ['a comma alone', endpoints('"x":[,]')],
    ['no comma', endpoints('"x":[1 2]')],
    ['no colon', endpoints('"x"1')],
    ['a tab in a text', endpoints('"x":"\t"')],
    ['a bad escape', endpoints('"x":"\\x"')],
    ['a bad \\u', endpoints('"x":"\\u12g4"')],
    ['another bracket', endpoints('"x":[1}')],
    ['another resource', bodyOf('"kind":"Pod"', { group: '', resource: 'pods' })],
    ['another kind', bodyOf('"kind":"EndpointSlice","apiVersion":"v1"')],
    ['a DELETE', bodyOf('"kind":"Endpoints","apiVersion":"v1"', undefined, 'DELETE')],
    [
      'no object',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE"}}',
    ],
    ['many levels', endpoints(`"x":${'['.repeat(200)}${']'.repeat(200)}`)],
    ['many values', endpoints(`"x":[${'0,'.repeat(limits.objectValues)}0]`)],
    ['many addresses', reviewOf([{ addresses: Array(100_001).fill({ ip: '10.0.0.1' }) }])],
    [
      'much identity',
      validReview(1)
        .toString()
        .replace('"alice"', `"${'a'.repeat(70_000)}"`),
    ],
    ...[
      '-1',
      '80.0',
      '8e1',
      '1e400',
      '0x50',
      '080',
      '-',
      '+1',
      '1.',
      '.5',
      '1e',
      '1234567890',
      '"80"',
      'true',
      '[]',
      '-0',
      '1E2',
    ].map((port): [string, string] => [`the port ${port}`, endpoints(`"subsets":[{"ports":[{"port":${port}}]}]`)]),
    ...['01', '-', '+1', '1.', '.5', '1e', '1e+', '--1', 'Infinity', 'nul', 'truex', "'a'", '0x1', '-a', '1.e1'].map(
      (value): [string, string] => [`the value ${value}`, endpoints(`"x":${value}`)],
    ),
  ])('%s', (_, body) => expect(readReview(typeof body === 'string' ? Buffer.from(body) : body)).toBeUndefined());

  test.each([validReview(7), validSliceReview(7)])('what ends early, at every byte', (body) => {
    for (let end = 0; end < body.length; end++)
      expect(readReview(body.subarray(0, end)), `${end} bytes`).toBeUndefined();
  });
});

test.each(fixtureFiles())('%s: both readers say the same', (file) => {
  for (const { value } of parseDocuments(readFileSync(file, 'utf8'))) {
    const { group, resource } = kinds[kindOf(file)];
    isRead(bodyOf('', { group, resource }).replace('"object":{}', `"object":${JSON.stringify(value)}`));
  }
});

/** So many that those that are alike are read by comparison, and some that are not. */
const many = Array.from({ length: 12 }, (_, i) => ({
  ip: i === 9 ? '2001:db8::1' : `10.0.0.${i}`,
  ...(i === 7 ? { hostname: 'db-0' } : {}),
  nodeName: i < 10 ? `node-${i % 3}` : 'a.node',
  targetRef: { kind: 'Pod', name: `web-${i}`, ...(i > 3 ? { fieldPath: 'spec' } : {}) },
}));
const seeds = [
  ...[validReview(2), validReview(7), validSliceReview(2), validSliceReview(7)],
  reviewOf([{ addresses: many, notReadyAddresses: many.map(({ ip }) => ({ ip })) }, { addresses: many.toReversed() }]),
  sliceReviewOf({
    endpoints: many.map(({ hostname, nodeName, targetRef }, i) => ({
      ...{ addresses: [`10.0.0.${i}`], conditions: { ready: i % 2 === 0 }, hostname, targetRef, nodeName },
    })),
  }),
  updateOf([{ addresses: [{ ip: '::1' }] }], [{ addresses: many }]),
];
const seed = fc.constantFrom(...seeds.map((bytes) => bytes.toString()));

describe('whatever is read is read alike', () => {
  test('with any values anywhere', () => {
    let count = 0;
    const bodies = wildly(seed.map((text) => JSON.parse(text) as object));
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat()), fc.nat(2), (body, tosses, indent) => {
        const toss = () => tosses.next().value ?? 0;
        if (isRead(JSON.stringify(swapped(body, toss), null, indent))) count++;
      }),
      { numRuns: 3000 },
    );
    expect(count).toBeGreaterThan(100);
  });

  test('with its text changed', () => {
    let count = 0;
    const snippets = [
      '"',
      '\\',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      ' ',
      '\n',
      '\t',
      '0',
      '.',
      '-',
      'e',
      '1',
      'null',
      'true',
      '\\u0069',
      '\0',
      'é',
    ];
    const keys = [
      '"ip":"127.0.0.1",',
      '"port":0,',
      '"addresses":[],',
      '"kind":"x",',
      '"object":null,',
      '"__proto__":{},',
      '"x":1,',
    ];
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom('', ...snippets, ...keys));
    fc.assert(
      fc.property(seed, fc.array(edit, { minLength: 1, maxLength: 2 }), (text, edits) => {
        let changed = text;
        for (const [pick, removed, inserted] of edits) {
          const at = pick % changed.length;
          changed = changed.slice(0, at) + inserted + changed.slice(at + removed);
        }
        if (isRead(changed)) count++;
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(100);
  });

  test('with its members in any order, and any of them twice', () => {
    let count = 0;
    fc.assert(
      fc.property(seed, fc.infiniteStream(fc.nat()), (text, tosses) => {
        const toss = () => tosses.next().value ?? 0;
        if (isRead(shuffledText(JSON.parse(text) as Json, toss))) count++;
      }),
      { numRuns: 2000 },
    );
    expect(count).toBeGreaterThan(50);
  });
});

/** JSON with a neighbour swapped here and there, a member written twice now and then, and keys with escapes. */
function shuffledText(value: Json, toss: () => number): string {
  if (Array.isArray(value)) return `[${value.map((item) => shuffledText(item, toss)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${keyText(key, toss)}:${shuffledText(item, toss)}`);
  for (let i = 1; i < members.length; i++)
    if (toss() % 8 === 0) members.splice(i - 1, 2, members[i] ?? '', members[i - 1] ?? '');
  if (members.length > 0 && toss() % 40 === 0) members.push(members[toss() % members.length] ?? '');
  return `{${members.join()}}`;
}

function keyText(key: string, toss: () => number): string {
  return toss() % 100 === 0
    ? `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}"`
    : JSON.stringify(key);
}

describe('what is read holds no more values than what is parsed may', () => {
  const zeros = (count: number) => `[${Array(count).fill('0').join()}]`;
  const within = (member: string, text: string) =>
    `${validReview(1)}`.replace('"request":{', `"request":{"${member}":${text},`);
  test.each(['options', 'x'])('in %s', (member) => {
    expect(isRead(within(member, zeros(limits.objectValues - 1)))).toBe(true);
    expect(findExcess(Buffer.from(within(member, zeros(limits.objectValues))))).toContain(
      '250000 values in one object',
    );
    expect(isRead(within(member, zeros(limits.objectValues)))).toBe(false);
  });
});
