import { afterAll, expect, test } from 'vitest';
import { createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask, lines } = webhook;

const resource = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
const fine = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.2.3'], conditions: {} }],
  ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
};
const bad = { ...fine, endpoints: [{ addresses: ['127.0.0.1'], conditions: {} }] };
const asked = { resource, name: 'web-1' };

test('a valid slice is allowed', async () => {
  expect(await ask('/validate', createReview(fine, asked))).toEqual({
    uid: expect.any(String),
    allowed: true,
    auditAnnotations: { decision: 'allowed' },
  });
});

test('the refusal of an invalid slice names its kind and its fields', async () => {
  const { allowed, status } = await ask('/validate', createReview({ ...bad, ports: [{ port: 0 }] }, asked));
  expect([allowed, status?.code, status?.reason]).toEqual([false, 422, 'Invalid']);
  expect(status?.details).toMatchObject({ name: 'web-1', kind: 'EndpointSlice', group: 'discovery.k8s.io' });
  expect(status?.details?.causes.map(({ field }) => field)).toEqual(['endpoints[0].addresses[0]', 'ports[0].port']);
});

test('as it comes from a controller: no name yet, null lists', async () => {
  const metadata = { ...fine.metadata, name: undefined, generateName: 'web-' };
  const object = { ...fine, metadata, endpoints: null, ports: null };
  expect(await ask('/validate', createReview(object, { resource, name: undefined }))).toMatchObject({ allowed: true });
});

test.each([undefined, null, 5, 'x', [], {}, good])('%j sent as a slice is refused', async (object) => {
  expect(await ask('/validate', createReview(undefined, { ...asked, object }))).toMatchObject({
    allowed: false,
    status: { code: 422, details: { kind: 'EndpointSlice' } },
  });
});

test.each([
  [fine, { group: '', version: 'v1', resource: 'endpoints' }, 'Endpoints'],
  [bad, null, 'EndpointSlice'],
  [bad, { ...resource, group: 5 }, 'EndpointSlice'],
])('%# a slice that is sent as something else is refused all the same', async (object, other, kind) => {
  expect(await ask('/validate', createReview(object, { resource: other }))).toMatchObject({
    allowed: false,
    status: { code: 422, details: { kind } },
  });
});

test('/mutate gives a slice no patch and no warning, whatever it is', async () => {
  for (const object of [fine, bad, { ...bad, ports: [{ port: 1 }] }, { subsets: [{ ports: [{ port: 1 }] }] }, null, 5])
    for (const review of [createReview(object, asked), updateReview(object, fine, asked)])
      expect(Object.keys(await ask('/mutate', review))).toEqual(['uid', 'allowed']);
});

test.each([
  [
    'that leaves a bad one unchanged',
    { ...bad, metadata: { ...bad.metadata, annotations: { a: 'b' } } },
    bad,
    'unchanged',
  ],
  ['that makes one bad', bad, fine, 'denied'],
  ['that fixes one', fine, bad, 'allowed'],
  ['that puts a bad one into service', bad, { ...bad, metadata: { name: 'web-1' } }, 'denied'],
  [
    'that takes a bad one out of the hands of its controller',
    bad,
    { ...bad, metadata: { ...bad.metadata, ownerReferences: [{ uid: 'u' }] } },
    'denied',
  ],
  [
    'that adds a finalizer to a bad one',
    { ...bad, metadata: { ...bad.metadata, finalizers: ['a.b/c'] } },
    bad,
    'denied',
  ],
  [
    'that removes a finalizer from a bad one',
    bad,
    { ...bad, metadata: { ...bad.metadata, finalizers: ['a.b/c'] } },
    'unchanged',
  ],
  [
    'that makes a bad one ready',
    bad,
    { ...bad, endpoints: [{ ...bad.endpoints[0], conditions: { ready: false } }] },
    'denied',
  ],
])('an UPDATE %s', async (_, object, previous, decision) => {
  const { allowed, auditAnnotations } = await ask('/validate', updateReview(object, previous, asked));
  expect([allowed, auditAnnotations?.decision]).toEqual([decision !== 'denied', decision]);
});

test.each(['DELETE', 'CONNECT'])('%s is allowed', async (operation) => {
  const review = createReview(null, { ...asked, operation, oldObject: bad });
  for (const entryPoint of ['/validate', '/mutate'])
    expect(await ask(entryPoint, review)).toMatchObject({ allowed: true });
});

test('metrics and logs know the resource', async () => {
  await ask('/validate', createReview(bad, { ...asked, uid: 'logged' }));
  await ask('/mutate', createReview(bad, asked));
  const counted = (labels: string) => new RegExp(`^endpoints_webhook_admission_requests_total\\{${labels}`, 'm');
  const metrics = await webhook.metrics();
  expect(metrics).toMatch(
    counted('webhook="validate",resource="endpointslices.discovery.k8s.io",operation="CREATE",decision="denied"'),
  );
  expect(metrics).toMatch(
    counted('webhook="mutate",resource="endpointslices.discovery.k8s.io",operation="CREATE",decision="allowed"'),
  );
  expect(metrics).not.toContain('resource="other"');
  expect(lines.find(({ uid }) => uid === 'logged')).toMatchObject({
    resource: 'endpointslices.discovery.k8s.io',
    decision: 'denied',
    rules: ['special-address'],
  });
});
