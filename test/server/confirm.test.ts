import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { maxSmallBytes } from '../../src/server/budget.ts';
import { yes } from '../support/authorizer.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster, Fault } from '../support/fake-cluster.ts';
import { refuse, sendJson } from '../support/fake-request.ts';
import {
  collections,
  endpointsOf,
  listing,
  ownership,
  runningPod,
  sliceListing,
  startFollowedWebhook,
} from '../support/followed-webhook.ts';
import { updateReview } from '../support/webhook.ts';

const { pods } = collections;
const own = runningPod('shop', 'web-0', '10.244.1.1', 'fd00:10::1');
const foreign = runningPod('bank', 'db-0', '10.244.2.9', 'fd00:10::29');

type Options = NonNullable<Parameters<typeof startFollowedWebhook>[0]>;

const start = (options: Options = {}) =>
  startFollowedWebhook({
    ...options,
    prepare(cluster) {
      for (const pod of [own, foreign]) cluster.put(pods, pod);
      options.prepare?.(cluster);
    },
  });

/** From then on the webhook hears of nothing. */
async function deafen(cluster: FakeCluster): Promise<void> {
  await eventually(() => expect(cluster.watching(pods)).toBe(1), { interval: 5 });
  cluster.hang();
  cluster.resume();
}

/** Judged by the thread for large ones, where the others are judged at once. */
const enlarge = (review: unknown) =>
  Buffer.concat([Buffer.from(JSON.stringify(review)), Buffer.alloc(maxSmallBytes, ' ')]);

const sizes = [
  ['small', (review: unknown) => review],
  ['large', enlarge],
] as const;

describe.each(sizes)('a %s review', (_, sized) => {
  describe('of an address', () => {
    test.each([
      ['of an own pod', listing(['10.244.1.1'])],
      ['of an own pod, its second', listing(['fd00:10::1'])],
      ['of an own pod, in a slice', sliceListing(['10.244.1.1'])],
      ['of nobody, outside of all networks', listing(['192.0.2.1'])],
    ])('%s is allowed, and nobody is asked', async (_, review) => {
      const { ask, looks } = await start();
      expect(await ask('/validate', sized(review))).toMatchObject({ allowed: true });
      expect(looks()).toEqual([]);
    });

    test.each([
      ['Endpoints', listing(['10.244.2.9'])],
      ['its second address', listing(['fd00:10::29'])],
      ['a slice', sliceListing(['10.244.2.9'])],
      ['inside an IPv6 address', listing(['64:ff9b::10.244.2.9'])],
    ])('of a pod of another namespace is refused after it was asked for: %s', async (_, review) => {
      const { ask, looks, metric, lines } = await start();
      const answer = await ask('/validate', sized(review));
      expect(answer).toMatchObject({ allowed: false, status: { code: 403 } });
      expect(answer.status?.message).toContain('is the address of a pod of another namespace');
      expect(JSON.stringify(answer.status)).not.toMatch(/bank|db-0|could not ask/);
      expect(looks().map(({ url }) => url)).toEqual(['/api/v1/namespaces/bank/pods/db-0']);
      const holders = expect.stringMatching(/^\S+ bank\/db-0$/);
      expect(answer.auditAnnotations).toMatchObject({ holders });
      expect(lines).toContainEqual(expect.objectContaining({ holders, decision: 'denied' }));
      expect(await metric('confirmations_total{result="upheld"}')).toBe(1);
      expect(await metric('confirmation_duration_seconds_count')).toBe(1);
    });
  });

  test('of an IPv4 address behind a NAT64 prefix of the policy is refused where that is a foreign pod’s', async () => {
    const rules = { 'foreign-pod': { enforcement: 'deny', nat64Prefixes: ['2001:db8:64::/96'] } };
    const { ask } = await start({ policy: { rules } });
    const { status } = await ask('/validate', sized(listing(['2001:db8:64::10.244.2.9'])));
    expect(status?.message).toContain('contains 10.244.2.9, which is the address of a pod of another namespace');
    expect(await ask('/validate', sized(listing(['2001:db8:64::10.244.1.1'])))).toMatchObject({ allowed: true });
  });

  const ended = { ...foreign, status: { ...foreign.status, phase: 'Failed' } };
  const moved = runningPod('bank', 'db-0', '10.244.2.10');
  test.each<[string, (cluster: FakeCluster) => void]>([
    ['is gone', (cluster) => cluster.remove(pods, 'bank/db-0')],
    ['has ended', (cluster) => cluster.put(pods, ended)],
    ['has another address', (cluster) => cluster.put(pods, moved)],
  ])('is allowed where the pod of another namespace %s, although nobody has said so', async (_, change) => {
    const { ask, cluster, metric } = await start({ policy: { rules: { 'foreign-pod': ownership['foreign-pod'] } } });
    await deafen(cluster);
    change(cluster);
    expect(await ask('/validate', sized(listing(['10.244.2.9'])))).toMatchObject({ allowed: true });
    expect(await metric('confirmations_total{result="lifted"}')).toBe(1);
  });

  test('is allowed once a pod of its namespace has the address that nobody had', async () => {
    const { ask, cluster, metric, looks } = await start();
    await ask('/validate', sized(listing([]))); // the thread has started
    const answer = ask('/validate', sized(listing(['10.244.1.2'])));
    await eventually(async () => expect(await metric('requests_in_flight')).toBe(1), { interval: 5 });
    cluster.put(pods, runningPod('shop', 'web-1', '10.244.1.2'));
    expect(await answer).toMatchObject({ allowed: true });
    expect(looks()).toEqual([]);
    expect(await metric('waited_addresses_total{result="held"}')).toBe(1);
  });

  test('is refused where a pod of another namespace gets it meanwhile', async () => {
    const { ask, cluster, metric, looks } = await start();
    await ask('/validate', sized(listing([]))); // the thread has started
    const answer = ask('/validate', sized(listing(['10.244.1.2'])));
    await eventually(async () => expect(await metric('requests_in_flight')).toBe(1), { interval: 5 });
    cluster.put(pods, runningPod('bank', 'db-1', '10.244.1.2'));
    expect((await answer).status?.message).toContain('is the address of a pod of another namespace');
    expect(looks().map(({ url }) => url)).toEqual(['/api/v1/namespaces/bank/pods/db-1']);
  });

  test('is refused where nobody has the address, and nobody gets it', async () => {
    const { ask, metric, looks } = await start();
    const { allowed, status } = await ask('/validate', sized(listing(['10.244.1.2'])));
    expect(allowed).toBe(false);
    expect(status?.message).toContain('is inside the pod network 10.244.0.0/16, and no pod is known to have it: write');
    expect(looks().map(({ url }) => url)).toEqual([
      '/api/v1/namespaces/shop/pods?limit=250&fieldSelector=status.podIP%3D10.244.1.2',
    ]);
    expect(await metric('waited_addresses_total{result="unclaimed"}')).toBe(1);
    expect(await metric('confirmations_total{result="upheld"}')).toBe(1);
  });

  test.each([
    ['first', '10.244.1.2', listing(['10.244.1.2'])],
    ['second', '10.244.1.2', listing(['fd00:10::2'])],
  ])('is allowed where a pod of its namespace has it as its %s, although nobody has said so', async (_, ip, review) => {
    const { ask, cluster, metric } = await start();
    await deafen(cluster);
    cluster.put(pods, runningPod('shop', 'web-1', ip, 'fd00:10::2'));
    expect(await ask('/validate', sized(review))).toMatchObject({ allowed: true });
    expect(await metric('confirmations_total{result="lifted"}')).toBe(1);
  });

  test('that leaves everything unchanged is allowed, and nobody is asked', async () => {
    const { ask, looks } = await start();
    const object = endpointsOf(['10.244.2.9', '10.244.1.2']);
    expect(await ask('/validate', sized(updateReview(object, object)))).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'unchanged' },
    });
    expect(looks()).toEqual([]);
  });

  test('of whoever RBAC exempts is allowed, and it is noted whose addresses they are', async () => {
    const { ask, cluster } = await start();
    cluster.answering = yes;
    expect(await ask('/validate', sized(listing(['10.244.2.9'])))).toMatchObject({
      allowed: true,
      auditAnnotations: { decision: 'authorized', rules: 'foreign-pod', holders: '10.244.2.9 bank/db-0' },
    });
  });

  test('of more addresses than are asked about is refused without asking', async () => {
    const { ask, looks, metric } = await start();
    const ips = Array.from({ length: 17 }, (_, i) => `10.244.3.${i + 1}`);
    const { allowed, auditAnnotations } = await ask('/validate', sized(listing(ips)));
    expect(allowed).toBe(false);
    expect(auditAnnotations).toMatchObject({ unconfirmed: 'more than 16 addresses' });
    expect(looks()).toEqual([]);
    expect(await metric('confirmations_total{result="skipped"}')).toBe(1);
  });

  test('is answered in time where the API server hangs', async () => {
    const { ask, cluster, metric } = await start();
    cluster.hang();
    const answers = [['10.244.2.9'], ['10.244.1.2']].map((ips) => ask('/validate?timeout=2s', sized(listing(ips))));
    for (const { allowed, status } of await Promise.all(answers)) {
      expect(allowed).toBe(false);
      expect(status?.message).toMatch(/could not ask whether that is still so: the API server did not answer/);
    }
    expect(await metric('confirmations_total{result="unanswered"}')).toBe(2);
  });
});

test('a refusal of more addresses than are asked about says so', async () => {
  const { ask } = await start();
  const ips = Array.from({ length: 17 }, (_, i) => `10.244.3.${i + 1}`);
  const { status } = await ask('/validate', listing(ips));
  expect(status?.message).toContain('(could not ask whether that is still so: more than 16 addresses)');
});

const isLook: (request: Parameters<Fault>[0]) => boolean = ({ isWatch, namespace, collection }) =>
  !isWatch && namespace !== undefined && collection === pods;

test.each<[string, (response: ServerResponse) => void, string]>([
  ['a refusal', (response) => refuse(response, 403, { message: 'pods "db-0" is forbidden' }), 'answered 403'],
  ['a 404 of something else', (response) => response.writeHead(404).end('<html>'), 'answered 404'],
  ['another pod', (response) => sendJson(response, 200, own), 'something else than the pod'],
  ['no JSON', (response) => response.writeHead(200).end('x'), 'something else than the pod'],
  ['a long answer', (response) => response.writeHead(200).end(' '.repeat(3_000_000)), 'is larger than'],
  ['a broken connection', (response) => response.destroy(), 'did not answer'],
])('%s is no answer: it is refused, and says so without names', async (_, answer, reason) => {
  const { ask, cluster, lines } = await start({ policy: { rules: { 'foreign-pod': ownership['foreign-pod'] } } });
  cluster.fault = (request, response) => {
    if (isLook(request)) answer(response);
    return isLook(request);
  };
  const { allowed, status, auditAnnotations } = await ask('/validate', listing(['10.244.2.9']));
  expect(allowed).toBe(false);
  expect(status?.message).toMatch(new RegExp(`could not ask whether that is still so: [^)]*${reason}`));
  expect(JSON.stringify(status)).not.toMatch(/bank|db-0/);
  expect(auditAnnotations).toMatchObject({ unconfirmed: expect.stringContaining(reason) });
  expect(lines).toContainEqual(expect.objectContaining({ unconfirmed: expect.stringContaining(reason) }));
});

test('a namespace with more pods than are looked at for a second address is no answer', async () => {
  const { ask, cluster, sees } = await start();
  for (let i = 0; i < 260; i++) cluster.put(pods, runningPod('shop', `web-${i}`, `10.244.5.${i}`));
  await sees('followed_objects{resource="pods"}', 257); // 256 and above are no addresses
  const { status } = await ask('/validate', listing(['fd00:10::77']));
  expect(status?.message).toContain('could not ask whether that is still so: more than 250 pods');
});

test('an address that more than 8 pods are said to have is not asked about', async () => {
  const { ask, cluster, sees, looks } = await start();
  for (let i = 0; i < 9; i++) cluster.put(pods, runningPod('bank', `db-${i}`, '10.244.2.9'));
  await sees('followed_objects{resource="pods"}', 10);
  const { status } = await ask('/validate', listing(['10.244.2.9']));
  expect(status?.message).toContain(
    'could not ask whether that is still so: more than 8 pods are said to have an address',
  );
  expect(looks()).toEqual([]);
});

test.each(['..', '../..', 'a/b', 'x?y', ''])(
  'the namespace %j is none of which pods are asked for',
  async (namespace) => {
    const { ask, cluster } = await start();
    const before = cluster.requests.length;
    expect(await ask('/validate', listing(['10.244.1.2'], { namespace }))).toMatchObject({ allowed: false });
    const asked = cluster.requests.slice(before).filter(({ method }) => method === 'GET');
    expect(asked.filter(({ url }) => !/[?&]watch=/.test(url))).toEqual([]);
  },
);

test('what a pod has no more, and the next one of the namespace gets, is allowed', async () => {
  const { ask, cluster } = await start();
  cluster.fault = (request, response) => {
    if (!isLook(request)) return false;
    if (request.name === undefined) throw new Error('it was waited for');
    cluster.put(pods, runningPod('shop', 'web-1', '10.244.2.9')); // nobody has heard yet that the other is gone
    cluster.remove(pods, 'bank/db-0');
    return refuse(response, 404);
  };
  expect(await ask('/validate', listing(['10.244.2.9']))).toMatchObject({ allowed: true });
});

describe('while others wait for answers', () => {
  const waiting = (metric: (name: string) => Promise<number>, count: number) =>
    eventually(async () => expect(await metric('requests_in_flight')).toBe(count), { interval: 5 });

  test.each([
    ['64 reviews', 80, (i: number) => `shop-${i % 5}`, /64 others wait/],
    ['16 of the namespace', 32, () => 'shop', /16 others of this namespace wait/],
  ])('%s, one more is refused at once', async (_, count, namespaceOf, reason) => {
    const { ask, cluster, metric } = await start({ serve: { maxSharePerClient: 1 } });
    cluster.hang();
    const answers = Array.from({ length: count }, (_, i) =>
      ask('/validate', listing(['10.244.2.9'], { namespace: namespaceOf(i) })),
    );
    const reasons = (await Promise.all(answers)).map(({ auditAnnotations }) => auditAnnotations?.unconfirmed ?? '');
    const refused = reasons.filter((one) => reason.test(one)).length;
    expect(refused).toBeGreaterThan(0);
    expect(reasons.filter((one) => /the API server did not answer/.test(one))).toHaveLength(count - refused);
    expect(await metric('confirmations_total{result="unanswered"}')).toBe(count - refused);
    expect(await metric('confirmations_total{result="skipped"}')).toBe(refused);
  });

  test('those of more than 16 MiB are refused at once', async () => {
    const { ask, cluster, metric } = await start({ serve: { maxSharePerClient: 1, maxInFlightBytes: 64 * 2 ** 20 } });
    cluster.hang();
    const body = Buffer.concat([enlarge(listing(['10.244.2.9'])), Buffer.alloc(5 * 2 ** 20, ' ')]);
    const answers = Array.from({ length: 4 }, () => ask('/validate', body));
    const reasons = (await Promise.all(answers)).map(({ auditAnnotations }) => auditAnnotations?.unconfirmed ?? '');
    expect(reasons.filter((one) => /others wait to be asked/.test(one))).toHaveLength(1);
    expect(reasons.filter((one) => /the API server did not answer/.test(one))).toHaveLength(3);
    expect(await metric('confirmations_total{result="unanswered"}')).toBe(3);
  });

  test('of an API server that hangs, own pods and others are judged', async () => {
    const { ask, cluster, metric } = await start({ serve: { maxSharePerClient: 1 } });
    cluster.hang();
    const answers = Array.from({ length: 16 }, () => ask('/validate', listing(['10.244.2.9'])));
    await waiting(metric, 16);
    expect(await ask('/validate', listing(['10.244.1.1']))).toMatchObject({ allowed: true });
    await Promise.all(answers);
  });
});

test('the mutating webhook asks nobody', async () => {
  const { ask, looks } = await start();
  expect(await ask('/mutate', listing(['10.244.2.9', '10.244.1.2']))).toMatchObject({ allowed: true });
  expect(looks()).toEqual([]);
});

test('a pod in its node’s network has no address of its own', async () => {
  const agent = runningPod('bank', 'agent', '192.0.2.1');
  const { ask, looks } = await start({
    prepare: (cluster) => cluster.put(pods, { ...agent, spec: { hostNetwork: true } }),
  });
  expect(await ask('/validate', listing(['192.0.2.1']))).toMatchObject({ allowed: true });
  expect(looks()).toEqual([]);
});
