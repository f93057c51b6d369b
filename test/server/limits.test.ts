import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createReview, good, startWebhook } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask, open, post } = webhook;

const uid = 'uid "of" a \u00fcnreadable review';

/** A review whose object holds more JSON besides what is judged; the API server writes the uid first. */
function reviewWith(json: string, names: { readonly uid: string } = { uid: '"uid"' }): string {
  const { uid: _, ...request } = createReview({ ...good, extra: null }).request;
  const rest = JSON.stringify(request)
    .slice(1)
    .replace('"extra":null', () => `"extra":${json}`);
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{${names.uid}:${JSON.stringify(uid)},${rest}}`;
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const zeros = (count: number) => `[${'0,'.repeat(count - 1)}0]`;
const megabytes = (count: number) => `"${' '.repeat(count * 1024 * 1024)}"`;

/** How many levels and values a review has besides the `extra` ones. */
const ownLevels = 3;
const objectValues = countValues(JSON.parse(reviewWith('0')).request.object) - 1;

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 1);
}

describe('what is just small enough is judged', () => {
  test.each([
    ['5,000 levels', nested(5000)],
    ['10,000 levels', nested(10_000 - ownLevels)],
    ['250,000 values in one member', zeros(250_000 - objectValues - 1)],
    ['brackets, braces and commas in a text', JSON.stringify('[{,"\\'.repeat(500_000))],
    ['5 MiB', megabytes(5)],
  ])('%s', async (_, json) => {
    expect(await ask('/validate', reviewWith(json))).toEqual({
      uid,
      allowed: true,
      auditAnnotations: { decision: 'allowed' },
    });
    expect(await ask('/mutate', reviewWith(json))).toEqual({ uid, allowed: true });
  });
});

test('500,000 values are judged, and not one more', async () => {
  const [options, extra] = [Array(100_000).fill(0), Array(200_000).fill(0)];
  const rest = 200_000 - countValues(createReview(good, { options: [], extra: [], more: [] }));
  const reviewOf = (count: number) => createReview(good, { options, extra, more: Array(count).fill(0) });
  expect(countValues(reviewOf(rest))).toBe(500_000);
  expect((await ask('/validate', reviewOf(rest))).status).toBeUndefined();
  expect((await ask('/validate', reviewOf(rest + 1))).status).toMatchObject({
    code: 413,
    message: expect.stringContaining('more than 500000 values,'),
  });
});

describe('what is too big is refused by its uid, and left alone by the mutating side', () => {
  test.each([
    ['10,001 levels', nested(10_001 - ownLevels), /more than 10000 levels/],
    ['levels of both kinds', '{"a":['.repeat(5000) + ']}'.repeat(5000), /more than 10000 levels/],
    ['levels without end', '['.repeat(3_000_000), /more than 10000 levels/],
    ['250,001 values in one member', zeros(250_001 - objectValues - 1), /more than 250000 values in one object/],
    ['as many empty objects', `[${'{},'.repeat(500_000)}{}]`, /more than 500000 values/],
    ['7 MiB', megabytes(7), /more than 6291456 bytes/],
    ['52 MiB', megabytes(52), /more than 6291456 bytes/],
  ])('%s', async (_, json, message) => {
    const { status, ...answer } = await ask('/validate', reviewWith(json));
    expect(answer).toEqual({ uid, allowed: false, auditAnnotations: { decision: 'denied' } });
    expect(status).toEqual({ code: 413, reason: 'RequestEntityTooLarge', message: expect.stringMatching(message) });
    expect(await ask('/mutate', reviewWith(json))).toEqual({ uid, allowed: true });
  });

  test('also where the uid is spelt with escapes', async () => {
    const json = reviewWith(nested(10_001), { uid: '"\\u0075id"' });
    expect(await ask('/validate', json)).toMatchObject({ uid, allowed: false, status: { code: 413 } });
  });

  test.each([
    ['no review', megabytes(7)],
    ['levels only', nested(20_000)],
    ['a uid beyond the first bytes', reviewWith('0').replace('{', `{"padding":${megabytes(7)},`)],
    ['another object’s uid', `{"request":{"object":{"uid":"x","extra":${megabytes(7)}}}}`],
    ['a uid that is no text', `{"request":{"uid":{"uid":"x"},"extra":${megabytes(7)}}}`],
  ])('%s has none: HTTP 413', async (_, body) => {
    for (const entryPoint of ['/validate', '/mutate'])
      expect(await post(entryPoint, body)).toMatchObject({
        status: 413,
        body: { kind: 'Status', reason: 'RequestEntityTooLarge', code: 413 },
      });
  });
});

test('the limit is an option', async () => {
  const small = await startWebhook({ maxRequestBytes: 2048 });
  expect((await small.ask('/validate', createReview())).allowed).toBe(true);
  expect(await small.ask('/validate', reviewWith(JSON.stringify('x'.repeat(2048))))).toMatchObject({
    uid,
    status: { code: 413 },
  });
  await small.running.close();
});

test('bodies that are being read together are limited: whoever exceeds it is refused, and the others are judged', async () => {
  const small = await startWebhook({ maxRequestBytes: 20_000, maxInFlightBytes: 20_000 });
  const review = JSON.stringify(createReview());
  const slow = small.open('/validate', review.length + 15_000);
  slow.socket.write(review.padEnd(review.length + 14_999));
  await eventually(async () => expect(await small.metrics()).toContain('requests_in_flight 1'));
  const wide = reviewWith(JSON.stringify('x'.repeat(6000)));
  expect(await small.ask('/validate', wide)).toMatchObject({
    uid,
    allowed: false,
    status: { code: 429, reason: 'TooManyRequests', message: expect.stringContaining('too many others') },
  });
  expect(await small.ask('/mutate', wide)).toEqual({ uid, allowed: true });
  expect((await small.ask('/validate', createReview())).allowed).toBe(true);
  expect(await small.metrics()).toContain('rejected_requests_total{reason="overloaded"} 2');
  slow.socket.write(' ');
  await eventually(async () => expect(await small.metrics()).toContain('requests_in_flight 0'));
  expect((await small.ask('/validate', wide)).status?.code).not.toBe(429);
  slow.socket.destroy();
  await small.running.close();
});

test.each([
  ['/validate', { allowed: false, status: { code: 413 } }],
  ['/mutate', { allowed: true }],
])('a body that says it is too long is refused by %s at once, and the connection ends', async (path, response) => {
  const { socket, closed } = open(path, 52_000_000);
  socket.write(JSON.stringify(createReview(good, { uid: 'u' })).padEnd(1024));
  const { text } = await closed; // before the deadline, which would make it a timeout
  expect(text).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nConnection: close\r\n/);
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))).response).toMatchObject({ uid: 'u', ...response });
});

test.each([
  [3, 'JSONPatch'],
  [5, undefined],
])('a patch of %i MiB is sent unless it is longer than 4 MiB', async (mebibytes, patchType) => {
  const subsets = [
    { addresses: [{ ip: '10.1.2.3', nodeName: 'x'.repeat(mebibytes * 2 ** 20) }], ports: [{ port: 80 }] },
  ];
  const roomy = await startWebhook({ maxInFlightBytes: 64 * 1024 * 1024 });
  const response = await roomy.ask('/mutate', createReview({ ...good, subsets }));
  expect([response.allowed, response.patchType]).toEqual([true, patchType]);
  await roomy.running.close();
});

describe('whoever asks with the longest of names is refused before anybody is asked', () => {
  const long = 'x'.repeat(65_536);
  test.each([
    ['user', { userInfo: { username: long } }],
    ['uid', { userInfo: { username: 'alice', uid: long } }],
    ['groups', { userInfo: { username: 'alice', groups: Array(8000).fill('nineteen') } }],
    ['extra', { userInfo: { username: 'alice', extra: { [long]: [] } } }],
    ['name', { name: long }],
    ['namespace', { namespace: long }],
    ['resource', { resource: { group: '', version: 'v1', resource: long } }],
    ['metadata.name', { object: { ...good, metadata: { name: long } } }],
  ])('%s', async (_, request) => {
    const { status } = await ask('/validate', createReview(good, request));
    expect(status).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
    expect(status?.message).toMatch(/more than 65536 characters of user, groups, extra and names.*fewer groups/);
    expect((await ask('/mutate', createReview(good, request))).allowed).toBe(true);
  });

  test('60,000 characters are short enough', async () => {
    const userInfo = { username: 'alice', groups: Array(600).fill('x'.repeat(97)) };
    expect((await ask('/validate', createReview(good, { userInfo }))).allowed).toBe(true);
  });
});

describe('more addresses, ports or subsets than an API server can store are refused', () => {
  const endpoint = (count: number) => Array(count).fill({ ip: '10.1.2.3' });
  test.each([
    ['subsets', Array(100_001).fill({}), 'subsets'],
    ['ports', [{ addresses: [{ ip: '10.1.2.3' }], ports: Array(100_001).fill({}) }], 'subsets[0].ports'],
    ['addresses', [{ addresses: endpoint(100_001), ports: [{ port: 1 }] }], 'subsets[0].addresses'],
    [
      'addresses',
      [{ addresses: endpoint(60_000), notReadyAddresses: endpoint(40_001) }],
      'subsets[0].notReadyAddresses',
    ],
    ['addresses', [{ addresses: endpoint(100_000) }, { addresses: endpoint(1) }], 'subsets[1].addresses'],
  ])('Endpoints: %s', async (items, subsets, field) => {
    const { status } = await ask('/validate', createReview({ ...good, subsets }));
    expect(status?.code).toBe(422);
    expect(status?.details?.causes).toContainEqual({
      field,
      reason: 'FieldValueTooMany',
      message: `brings the object to more than 100000 ${items}, which no API server stores: split the object [endpoints-webhook: well-formed]`,
    });
  });

  test('100,000 are read', async () => {
    const { status } = await ask(
      '/validate',
      createReview({ ...good, subsets: [{ addresses: endpoint(100_000), ports: [{ port: 1 }] }] }),
    );
    expect(status).toBeUndefined();
  });
});

test('a patch for which there is no memory is left out: the object is judged without it all the same', async () => {
  const small = await startWebhook({ maxRequestBytes: 4096, maxInFlightBytes: 4096 });
  const portsOf = (count: number) => ({
    ...good,
    subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: Array(count).fill({}) }],
  });
  expect(await small.ask('/mutate', createReview(portsOf(10)))).toHaveProperty('patch');
  expect(await small.ask('/mutate', createReview(portsOf(900)))).toEqual({ uid: expect.any(String), allowed: true });
  expect(await small.metrics()).toContain('rejected_requests_total{reason="overloaded"} 1');
  await small.running.close();
});
