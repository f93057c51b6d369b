import { expect, test } from 'vitest';
import { decodeReview } from '../../src/admission/request.ts';

const head = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };
const decode = (request: object) =>
  decodeReview(JSON.stringify({ ...head, request: { uid: 'u', operation: 'CREATE', ...request } }));

test('reads a review', () => {
  const userInfo = { username: 'me', uid: 'someone', groups: ['a', 'b'], extra: { scopes: ['x', 5] } };
  const sent = { name: 'web', namespace: 'shop', userInfo, dryRun: true, object: { a: 1 }, oldObject: null };
  expect(decode({ ...sent, resource: { group: '', version: 'v1', resource: 'endpoints' } })).toEqual({
    request: {
      uid: 'u',
      operation: 'CREATE',
      resource: 'endpoints',
      kind: 'Endpoints',
      name: 'web',
      namespace: 'shop',
      requester: { user: 'me', uid: 'someone', groups: ['a', 'b'], extra: { scopes: ['x'] } },
      dryRun: true,
      object: { a: 1 },
      previous: null,
    },
  });
});

const bare = { resource: 'endpoints', name: '', namespace: '', requester: { user: '', groups: [] }, dryRun: false };

test.each<[object, object]>([
  [{}, bare],
  [{ name: 5, namespace: null, userInfo: 'x', dryRun: 'true', resource: [] }, bare],
  [{ userInfo: { username: {}, groups: 'system:masters' } }, bare],
  [{ userInfo: { groups: ['a', 5, null, ['b'], 'c'] } }, { requester: { user: '', groups: ['a', 'c'] } }],
  [{ resource: { group: 'apps', resource: 'deployments' } }, { resource: 'deployments.apps' }],
  [{ resource: { resource: 'endpoints' } }, { resource: 'endpoints' }],
  [{ resource: { group: 5, resource: 'pods' } }, { resource: 'endpoints' }],
  [{ resource: { group: '' } }, { resource: 'endpoints', kind: 'Endpoints' }],
  [
    { resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' } },
    { resource: 'endpointslices.discovery.k8s.io', kind: 'EndpointSlice' },
  ],
  [
    { resource: { resource: 'endpoints' }, object: { kind: 'EndpointSlice' } },
    { resource: 'endpoints', kind: 'Endpoints' },
  ],
  [{ resource: { resource: 'endpointslices' } }, { resource: 'endpointslices', kind: undefined }],
  [
    { resource: { group: 'example.com', resource: 'endpointslices' }, object: { kind: 'EndpointSlice' } },
    { resource: 'endpointslices.example.com', kind: undefined },
  ],
  ...[undefined, null, 5, [], { resource: 5 }, { group: 5, resource: 'pods' }].flatMap(
    (resource): [object, object][] => [
      [
        { resource, object: { kind: 'EndpointSlice' } },
        { kind: 'EndpointSlice', resource: 'endpointslices.discovery.k8s.io' },
      ],
      [
        { resource, object: { kind: 'Pod' } },
        { kind: 'Endpoints', resource: 'endpoints' },
      ],
      [
        { resource, object: null, oldObject: { kind: 'EndpointSlice' } },
        { kind: 'Endpoints', resource: 'endpoints' },
      ],
    ],
  ),
  [{ uid: 'u'.repeat(256) }, { uid: 'u'.repeat(256) }],
  ...['UPDATE', 'DELETE', 'CONNECT'].map((operation): [object, object] => [{ operation }, { operation }]),
])('%j', (sent, read) => expect(decode(sent).request).toMatchObject(read));

test.each<[string, string]>([
  ['', 'the body is empty: send an AdmissionReview'],
  [' \n', 'the body is empty: send an AdmissionReview'],
  ['{', 'the body is not JSON'],
  ['{"kind":"AdmissionReview"', 'the body is not JSON'],
  ["{'kind':1}", 'the body is not JSON'],
  ['null', 'the body is not an AdmissionReview but null'],
  ['[]', 'the body is not an AdmissionReview but a list'],
  ['{}', 'the body is not an AdmissionReview but undefined'],
  ['{"kind":"Pod\\u001b"}', 'the body is not an AdmissionReview but "Pod\\u001b"'],
  [
    JSON.stringify({ ...head, apiVersion: 'admission.k8s.io/v1beta1' }),
    'apiVersion "admission.k8s.io/v1beta1" is not supported: send admission.k8s.io/v1',
  ],
  [JSON.stringify(head), 'the AdmissionReview has no request'],
  [JSON.stringify({ ...head, request: [] }), 'the AdmissionReview has no request'],
])('%j: %s', (text, problem) => expect(decodeReview(text)).toEqual({ problem }));

test.each<[object, string]>([
  [{ uid: '' }, 'request.uid "" is not a non-empty string'],
  [{ uid: 5 }, 'request.uid 5 is not a non-empty string'],
  [{ uid: undefined }, 'request.uid undefined is not a non-empty string'],
  [{ uid: 'u'.repeat(257) }, 'request.uid is longer than 256 characters'],
  [{ operation: 'create' }, 'request.operation "create" is not one of CREATE, UPDATE, DELETE, CONNECT'],
  [{ operation: undefined }, 'request.operation undefined is not one of CREATE, UPDATE, DELETE, CONNECT'],
])('%j: %s', (request, problem) => expect(decode(request)).toEqual({ problem }));

test('10,000 levels are decoded', () =>
  expect(decodeReview('['.repeat(10_000) + ']'.repeat(10_000)).problem).toBe(
    'the body is not an AdmissionReview but a list',
  ));
