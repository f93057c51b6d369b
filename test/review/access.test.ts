import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccessQuestion, accessKey, accessQuestion } from '../../src/review/access.ts';

const requester = { user: 'alice', uid: '7', groups: ['b', 'a'], extra: { scopes: ['x'] } };
const asked = { kind: 'Endpoints', operation: 'CREATE', namespace: 'shop', requester, object: {} } as const;
const rest = { verb: 'create', subresource: 'restricted', namespace: 'shop', name: '' };

test.each([
  ['Endpoints', { group: '', resource: 'endpoints' }],
  ['EndpointSlice', { group: 'discovery.k8s.io', resource: 'endpointslices' }],
] as const)('the question about %s', (kind, resource) =>
  expect(accessQuestion({ ...asked, kind })).toEqual({ ...requester, ...resource, ...rest }),
);

test('what is not known of a requester is asked as empty', () =>
  expect(accessQuestion({ ...asked, requester: { user: '', groups: [] } })).toMatchObject({ uid: '', extra: {} }));

const long = 'x'.repeat(70);
test.each([
  ['CREATE', { name: 'web' }, 'web'],
  ['UPDATE', { name: 'web' }, 'web'],
  ['CREATE', { name: 'web-x7k2p', generateName: 'web-' }, ''],
  ['UPDATE', { name: 'web-x7k2p', generateName: 'web-' }, 'web-x7k2p'],
  ['CREATE', { generateName: 'web-' }, ''],
  ['CREATE', { name: 'other', generateName: 'web-' }, 'other'],
  ['CREATE', { name: 'web-x7k2', generateName: 'web-' }, 'web-x7k2'],
  ['CREATE', { name: 'web-x7k2pp', generateName: 'web-' }, 'web-x7k2pp'],
  ['CREATE', { name: 'x7k2p', generateName: '' }, 'x7k2p'],
  ['CREATE', { name: `${long.slice(0, 58)}x7k2p`, generateName: long }, ''],
  ['CREATE', { name: `${long}x7k2p`, generateName: long }, `${long}x7k2p`],
  ['CREATE', { name: 'web-x7k2p', generateName: ['web-'] }, 'web-x7k2p'],
  ['CREATE', { name: 5 }, ''],
  ['CREATE', null, ''],
  ['CREATE', 'x', ''],
] as const)('%s of %j asks for the name %j', (operation, metadata, name) =>
  expect(accessQuestion({ ...asked, operation, object: { metadata } }).name).toBe(name),
);

/** Few letters, so that questions often differ in one place only, and pieces of JSON, which could run into each other. */
const text = fc.oneof(fc.constantFrom('', 'a', 'b', 'a,b', '"', '["a"]', '__proto__', '\\', '\ud800'), fc.string());
const texts = fc.array(text, { maxLength: 3 });
const entries = fc.uniqueArray(fc.tuple(text, texts), { maxLength: 3, selector: ([key]) => key });
const question: fc.Arbitrary<AccessQuestion> = fc.record(
  {
    user: text,
    uid: text,
    groups: texts,
    extra: entries.map((pairs) => Object.fromEntries(pairs)),
    verb: fc.constant('create'),
    group: fc.constantFrom('', 'discovery.k8s.io'),
    resource: fc.constantFrom('endpoints', 'endpointslices'),
    subresource: fc.constant('restricted'),
    namespace: text,
    name: text,
  },
  { noNullPrototype: true },
);

test('questions have equal keys when they are equal, and only then', () => {
  const same = (one: AccessQuestion, other: AccessQuestion) => {
    try {
      expect(one).toStrictEqual(other);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(question, question, fc.constantFrom(...Object.keys(accessQuestion(asked))), (one, other, field) => {
      const almost = { ...one, [field]: other[field as keyof AccessQuestion] };
      for (const second of [other, almost]) expect(accessKey(one) === accessKey(second)).toBe(same(one, second));
    }),
    { numRuns: 2000 },
  );
});

test('the order of extra does not matter, that of its values does', () => {
  const base = accessQuestion(asked);
  const key = (extra: AccessQuestion['extra']) => accessKey({ ...base, extra });
  expect(key({ a: ['1'], b: ['2', '3'] })).toBe(key({ b: ['2', '3'], a: ['1'] }));
  expect(key({ a: ['1'], b: ['2', '3'] })).not.toBe(key({ b: ['3', '2'], a: ['1'] }));
  expect(key(JSON.parse('{"__proto__":["1"]}'))).not.toBe(key({}));
});
