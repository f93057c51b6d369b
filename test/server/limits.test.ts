import { afterAll, describe, expect, test, vi } from 'vitest';
import { createReview, good, startWebhook } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask, post } = webhook;

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
const ownValues = countValues(JSON.parse(reviewWith('0'))) - 1;

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 1);
}

describe('what is just small enough is judged', () => {
  test.each([
    ['5,000 levels', nested(5000)],
    ['10,000 levels', nested(10_000 - ownLevels)],
    ['1,000,000 values', zeros(1_000_000 - ownValues - 1)],
    ['brackets, braces and commas in a text', JSON.stringify('[{,"\\'.repeat(1_100_000))],
    ['15 MiB', megabytes(15)],
  ])('%s', async (_, json) => {
    expect(await ask('/validate', reviewWith(json))).toEqual({
      uid,
      allowed: true,
      auditAnnotations: { decision: 'allowed' },
    });
    expect(await ask('/mutate', reviewWith(json))).toEqual({ uid, allowed: true });
  });
});

describe('what is too big is refused by its uid, and left alone by the mutating side', () => {
  test.each([
    ['10,001 levels', nested(10_001 - ownLevels), /more than 10000 levels/],
    ['levels of both kinds', '{"a":['.repeat(5000) + ']}'.repeat(5000), /more than 10000 levels/],
    ['levels without end', '['.repeat(3_000_000), /more than 10000 levels/],
    ['1,000,001 values', zeros(1_000_001 - ownValues - 1), /more than 1000000 values/],
    ['as many empty objects', `[${'{},'.repeat(1_000_000)}{}]`, /more than 1000000 values/],
    ['17 MiB', megabytes(17), /more than 16777216 bytes/],
    ['52 MiB', megabytes(52), /more than 16777216 bytes/],
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
    ['no review', megabytes(17)],
    ['levels only', nested(20_000)],
    ['a uid beyond the first bytes', reviewWith('0').replace('{', `{"padding":${megabytes(17)},`)],
    ['another object’s uid', `{"request":{"object":{"uid":"x","extra":${megabytes(17)}}}}`],
    ['a uid that is no text', `{"request":{"uid":{"uid":"x"},"extra":${megabytes(17)}}}`],
  ])('%s has none: HTTP 413', async (_, body) => {
    for (const door of ['/validate', '/mutate'])
      expect(await post(door, body)).toMatchObject({
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
  const small = await startWebhook({ maxInFlightBytes: 20_000 });
  const review = JSON.stringify(createReview());
  const slow = small.open('/validate', review.length + 15_000);
  slow.socket.write(review.padEnd(review.length + 14_999));
  await vi.waitFor(async () => expect(await small.metrics()).toContain('requests_in_flight 1'));
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
  await vi.waitFor(async () => expect(await small.metrics()).toContain('requests_in_flight 0'));
  expect((await small.ask('/validate', wide)).status?.code).not.toBe(429);
  slow.socket.destroy();
  await small.running.close();
});
