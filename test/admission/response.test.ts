import { expect, test } from 'vitest';
import { decodeReview } from '../../src/admission/request.ts';
import {
  createFailureResponse,
  createForeignResponse,
  createPatchResponse,
  createVerdictResponse,
  encodeReview,
} from '../../src/admission/response.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { judge } from '../../src/review/judge.ts';

const asked = (object: unknown, name = '', resource?: object) => {
  const review = {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid: 'u', operation: 'CREATE', resource, name, object },
  };
  const { request } = decodeReview(JSON.stringify(review));
  return request?.kind ? request : expect.unreachable();
};
const object = (port: number, fieldPath: string, metadata: object = { name: 'web' }) => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata,
  subsets: [{ addresses: [{ ip: '10.0.0.1', targetRef: { fieldPath } }], ports: [{ port }] }],
});
const judged = (body: unknown) =>
  judge(defaultPolicy(), { kind: 'Endpoints', operation: 'CREATE', namespace: 'default', object: body }).violations;

test('what is good is allowed', () => {
  const response = createVerdictResponse(asked(object(1, '')), { allowed: true, violations: judged(object(1, '')) });
  expect(response).toEqual({ uid: 'u', allowed: true, auditAnnotations: { decision: 'allowed' } });
});

test('what is warned of is allowed', () => {
  const response = createVerdictResponse(asked(object(1, '[')), { allowed: true, violations: judged(object(1, '[')) });
  expect(response).toEqual({
    uid: 'u',
    allowed: true,
    warnings: [
      'subsets[0].addresses[0].targetRef.fieldPath: "[" is not a field access statement [endpoints-webhook: target-field-path]',
    ],
    auditAnnotations: { decision: 'allowed', rules: 'target-field-path' },
  });
});

test('what is denied says so, beside its warnings', () => {
  const response = createVerdictResponse(asked(object(0, '[')), { allowed: false, violations: judged(object(0, '[')) });
  expect(response).toMatchObject({
    uid: 'u',
    allowed: false,
    status: { code: 422, details: { name: 'web', causes: [{ field: 'subsets[0].ports[0].port' }] } },
  });
  expect(response.warnings).toHaveLength(1);
  expect(response.auditAnnotations).toEqual({ decision: 'denied', rules: 'port-range,target-field-path' });
});

test('the refusal of a slice names its kind and group', () => {
  const resource = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
  const slice = { kind: 'EndpointSlice', metadata: { name: 'web-1' } };
  const { violations } = judge(defaultPolicy(), {
    kind: 'EndpointSlice',
    operation: 'CREATE',
    namespace: 'default',
    object: slice,
  });
  expect(
    createVerdictResponse(asked(slice, '', resource), { allowed: false, violations }).status?.details,
  ).toMatchObject({
    name: 'web-1',
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    causes: [{ field: 'apiVersion' }, { field: 'addressType' }],
  });
});

test.each(['exempt', 'unchanged'] as const)('what is exempted as %s neither refuses nor warns', (exemption) =>
  expect(
    createVerdictResponse(asked(object(0, '[')), { allowed: true, exemption, violations: judged(object(0, '[')) }),
  ).toEqual({
    uid: 'u',
    allowed: true,
    auditAnnotations: { decision: exemption, rules: 'port-range,target-field-path' },
  }),
);

test.each<[string, unknown, string]>([
  ['asked', object(0, ''), 'asked'],
  ['', object(0, ''), 'web'],
  ['', object(0, '', { generateName: 'web-' }), 'web-<generated>'],
  ['', object(0, '', { name: '', generateName: 5 }), ''],
  ['', { metadata: null }, ''],
  ['', { metadata: 5 }, ''],
  ['', null, ''],
  ['', 'x', ''],
  ['', 5, ''],
  ['x'.repeat(9999), {}, `${'x'.repeat(252)}…`],
  ['a\u001b', {}, 'a\\u001b'],
])('asked about %j of %j, the refusal names %j', (name, body, expected) =>
  expect(
    createVerdictResponse(asked(body, name), { allowed: false, violations: judged(body) }).status?.details?.name,
  ).toBe(expected),
);

test('a patch is carried as base64', () => {
  const patch = [{ op: 'replace', path: '/subsets', value: [{ ports: [{ name: 'ü' }] }] }] as const;
  const { patch: carried, ...response } = createPatchResponse('u', patch);
  expect(response).toEqual({ uid: 'u', allowed: true, patchType: 'JSONPatch' });
  expect(JSON.parse(Buffer.from(carried ?? '', 'base64').toString())).toEqual(patch);
  expect(createPatchResponse('u', [])).toEqual({ uid: 'u', allowed: true });
});

test('a resource that is not ours is allowed with a warning', () =>
  expect(createForeignResponse('u')).toMatchObject({
    uid: 'u',
    allowed: true,
    warnings: [expect.stringContaining('fix the webhook configuration')],
  }));

test.each([
  [413, 'RequestEntityTooLarge'],
  [500, 'InternalError'],
  [504, 'Timeout'],
] as const)('failure %i is a refusal: %s', (code, reason) =>
  expect(createFailureResponse('u', code, 'why')).toEqual({
    uid: 'u',
    allowed: false,
    status: { code, reason, message: 'why' },
    auditAnnotations: { decision: 'denied' },
  }),
);

test('an answer is a review of the same version', () =>
  expect(JSON.parse(encodeReview({ uid: 'u', allowed: true }))).toEqual({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    response: { uid: 'u', allowed: true },
  }));
