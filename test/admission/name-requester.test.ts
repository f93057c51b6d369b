import { expect, test } from 'vitest';
import { nameRequester } from '../../src/admission/name-requester.ts';
import { decodeReview } from '../../src/admission/request.ts';

const remedy = 'exempt: [{users: [<its user>], namespaces: [<its namespace>], rules: [subsets-required]}]';

function named(username: string, namespace = 'shop'): string {
  const resource = { group: '', version: 'v1', resource: 'endpoints' };
  const sent = { uid: 'u', operation: 'CREATE', resource, namespace, userInfo: { username }, object: {} };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: sent };
  const { request } = decodeReview(JSON.stringify(review));
  return nameRequester(remedy, request?.kind ? request : expect.unreachable());
}

test.each([
  'system:serviceaccount:storage:nfs',
  'jane@example.com',
  'oidc#jane',
  "o'brien",
  'true',
  '$&',
  'x'.repeat(128),
])('the exemption names %s', (user) =>
  expect(named(user)).toBe(`exempt: [{users: ["${user}"], namespaces: ["shop"], rules: [subsets-required]}]`),
);

test.each([
  '',
  '*',
  'system:*',
  'a"]}, {users: ["b',
  'a\\',
  'two words',
  'a\nb',
  'jané',
  '\u202eenaj',
  '##vso[task.complete]',
  'x'.repeat(129),
])('the exemption leaves %j to the administrator: it would free others, or not be read as it is', (user) =>
  expect(named(user)).toBe(remedy.replace('<its namespace>', '"shop"')),
);

test('the exemption leaves a namespace that is none to the administrator', () =>
  expect(named('jane', '*')).toBe(remedy.replace('<its user>', '"jane"')));
