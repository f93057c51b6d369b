import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseAddress } from '../../src/endpoints/address.ts';
import { defaultPolicy, defaultPolicySource, type Policy, parsePolicy } from '../../src/policy/policy.ts';
import { maxSmallBytes } from '../../src/server/budget.ts';
import { createJudgeThread, type LargeReview } from '../../src/server/judge-thread.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';
import { ipv4, reviewOf, sliceReviewOf, updateOf } from '../bench/bodies.ts';
import { type Answering, no, startAuthorizer, yes } from '../support/authorizer.ts';
import { eventually } from '../support/eventually.ts';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const mebibyte = 1024 * 1024;

/** Too large for the main thread, which judges the same without the spaces. */
const enlarge = (body: string | Buffer) => Buffer.concat([Buffer.from(body), Buffer.alloc(maxSmallBytes, ' ')]);

const large = enlarge(JSON.stringify(createReview()));

/** It takes the thread some hundred milliseconds, and is denied. */
const slow = reviewOf(Array(100_000).fill({}));

const patched = { ...good, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 1 }] }] };

interface Sent {
  readonly what: string;
  readonly body: unknown;
  readonly shows: string;
  readonly answering?: Answering;
}

describe('a large review', () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  let authorizer: Awaited<ReturnType<typeof startAuthorizer>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  beforeAll(async () => {
    authorizer = await startAuthorizer();
    const [kubeconfig, policy] = [join(folder, 'kubeconfig'), join(folder, 'policy.yaml')];
    writeFileSync(kubeconfig, authorizer.kubeconfig());
    const rules = {
      'forbidden-network': { networks: ['10.9.0.0/16'] },
      'forbidden-port': { enforcement: 'warn', ports: ['TCP/6443'] },
    };
    const exempt = [{ users: ['bob'], rules: ['special-address'] }];
    const authorization = { cacheTTL: '0s' };
    writeFileSync(policy, JSON.stringify({ ...defaultPolicySource, rules, exempt, authorization }));
    webhook = await startWebhook({ kubeconfig, policy, logLevel: 'debug' });
  });
  afterAll(async () => {
    await webhook.running.close();
    await authorizer.close();
    rmSync(folder, { recursive: true });
  });

  /** The answer, what is logged about it, and what it adds to the metrics. */
  async function observe(path: string, body: string | Buffer) {
    const counted = async () =>
      (await webhook.metrics())
        .split('\n')
        .filter((line) => /^endpoints_webhook_(?:admission_requests|rule_|denied|violations|rejected)/.test(line));
    const before = new Set(await counted());
    webhook.lines.splice(0);
    const { status, body: answer } = await webhook.post(path, body);
    const lines = webhook.lines.map(({ time, ...line }) => line);
    const names = (await counted()).filter((line) => !before.has(line)).map((line) => line.replace(/ \d+$/, ''));
    const grown = names.map((name) => [name, 1]);
    return { status, answer, lines, grown };
  }

  const forbidden = { ...good, subsets: [{ addresses: [{ ip: '10.9.1.2' }], ports: [{ name: 'a', port: 6443 }] }] };
  const unicode = { ...bad, metadata: { ...bad.metadata, annotations: { note: 'Grüße, 世界' } } };
  const reviews: readonly Sent[] = [
    { what: 'valid', body: createReview(), shows: '"decision":"allowed"' },
    { what: 'denied', body: createReview(bad), shows: '"code":422' },
    { what: 'with more than ASCII', body: createReview(unicode), shows: '"code":422' },
    {
      what: 'malformed',
      body: createReview({ ...good, subsets: [{ addresses: [{ ip: 1 }] }, 'x'] }),
      shows: 'well-formed',
    },
    { what: 'unchanged', body: updateReview(bad, bad), shows: '"unchanged"' },
    { what: 'exempt', body: createReview(bad, { userInfo: { username: 'bob' } }), shows: '"exempt"' },
    { what: 'allowed by the authorizer', body: createReview(forbidden), shows: '"authorized"', answering: yes },
    { what: 'refused by the authorizer', body: createReview(forbidden), shows: '"code":403', answering: no },
    { what: 'foreign', body: createReview(bad, { resource: { resource: 'pods' } }), shows: 'does not judge' },
    { what: 'a deletion', body: createReview(null, { operation: 'DELETE' }), shows: '"allowed":true' },
    { what: 'of too long a name', body: createReview(good, { name: 'x'.repeat(70_000) }), shows: '"code":413' },
    { what: 'without a uid', body: createReview(good, { uid: '' }), shows: '"code":400' },
    { what: 'not JSON', body: '{"kind":', shows: '"code":400' },
    { what: 'not UTF-8', body: Buffer.from([0x7b, 0xff, 0x7d]), shows: '"code":400' },
  ];
  const mutations: readonly Sent[] = [
    { what: 'given a patch', body: createReview(patched), shows: '"patch"' },
    { what: 'given none', body: createReview(), shows: '"allowed":true' },
    { what: 'malformed', body: createReview('x'), shows: '"allowed":true' },
    { what: 'not JSON', body: '{"kind":', shows: '"code":400' },
  ];
  const all = [
    ...reviews.map((sent) => ({ path: '/validate', ...sent })),
    ...mutations.map((sent) => ({ path: '/mutate', ...sent })),
  ];

  test.each(all)('$path: one that is $what is answered, logged and counted as a small one', async (sent) => {
    const { path, body, shows, answering } = sent;
    if (answering) authorizer.answering = answering;
    const bytes = Buffer.from(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    const small = await observe(path, bytes);
    expect(JSON.stringify(small.answer)).toContain(shows);
    expect(small.grown).not.toEqual([]);
    expect(await observe(path, enlarge(bytes))).toEqual(small);
  });
});

async function start(overrides: Parameters<typeof startWebhook>[0] = {}) {
  const webhook = await startWebhook({ maxSharePerClient: 1, ...overrides });
  onTestFinished(() => webhook.running.close());
  return webhook;
}

describe('while a large review is judged', () => {
  test('small ones are answered', async () => {
    const { ask } = await start();
    await ask('/validate', large); // the thread has started
    const order: string[] = [];
    const answer = ask('/validate', slow).then(() => order.push('large'));
    for (let i = 0; i < 3; i++) order.push(String((await ask('/validate', createReview())).allowed));
    await answer;
    expect(order).toEqual(['true', 'true', 'true', 'large']);
  });

  test('others of its size wait for it, in the order in which they came', async () => {
    const { ask, metrics } = await start();
    const order: number[] = [];
    const answers = [];
    for (const [i, body] of [slow, slow, large, large].entries()) {
      answers.push(ask('/validate', body).then(() => order.push(i)));
      await inFlight(metrics, (i + 1) * maxSmallBytes);
    }
    await Promise.all(answers);
    expect(order).toEqual([0, 1, 2, 3]);
    await eventually(async () => expect(await inFlightBytes(metrics)).toBe(0));
  });

  test('so do smaller ones with more values than the main thread reads in one pass, or may judge', async () => {
    const { ask, metrics } = await start();
    const order: string[] = [];
    const owners = sliceReviewOf({ metadata: { ownerReferences: Array(80_000).fill({}) } });
    const subsets = reviewOf(Array(4000).fill({}));
    expect(Math.max(owners.length, subsets.length)).toBeLessThan(maxSmallBytes);
    const send = (what: string, path: string, body: Buffer) => ask(path, body).then(() => order.push(what));
    const answers = [send('slow', '/validate', slow)];
    await inFlight(metrics, slow.length);
    answers.push(send('owners', '/validate', owners));
    await inFlight(metrics, slow.length + owners.length);
    answers.push(send('subsets', '/validate', subsets));
    await Promise.all(answers);
    expect(order).toEqual(['slow', 'owners', 'subsets']);
  });

  test('the webhook may end: what has arrived is answered before', async () => {
    const { ask, running, metrics } = await startWebhook({ maxSharePerClient: 1 });
    const answers = [slow, slow].map((body) => ask('/validate', body));
    await inFlight(metrics, 2 * slow.length);
    await running.close();
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: { code: 422 } });
  });
});

/** Resolves when so many bytes have arrived. */
function inFlight(metrics: () => Promise<string>, bytes: number): Promise<void> {
  return eventually(async () => expect(await inFlightBytes(metrics)).toBeGreaterThanOrEqual(bytes), { interval: 5 });
}

async function inFlightBytes(metrics: () => Promise<string>): Promise<number> {
  return Number(/^endpoints_webhook_in_flight_bytes (.*)$/m.exec(await metrics())?.[1]);
}

describe('a review that fills the heap of the thread', () => {
  const subsets = [{ addresses: Array.from({ length: 120_000 }, (_, i) => ({ ip: ipv4(i) })) }];
  const full = updateOf(subsets, subsets);

  test('is refused, and the next one is judged', async () => {
    const { ask, lines, metrics } = await start({ judgeHeapBytes: 36 * mebibyte });
    expect(await ask('/validate', full)).toMatchObject({
      allowed: false,
      status: {
        code: 413,
        message:
          'the review has more values than there is memory to judge, so it could not be judged: split the object',
      },
    });
    expect(await metrics()).toContain('rejected_requests_total{reason="too-large"} 1');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 50, err: expect.objectContaining({ code: 'ERR_WORKER_OUT_OF_MEMORY' }) }),
    );
    expect(await ask('/validate', enlarge(JSON.stringify(createReview(bad))))).toMatchObject({ status: { code: 422 } });
  });

  test('gets no patch, and the next one does', async () => {
    const { ask } = await start({ judgeHeapBytes: 36 * mebibyte });
    expect(await ask('/mutate', full)).toEqual({ uid: expect.any(String), allowed: true });
    const next = await ask('/mutate', enlarge(JSON.stringify(createReview(patched))));
    expect(next).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
  });
});

describe('an update that changes a label of --extra-service-labels', () => {
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  beforeAll(async () => {
    webhook = await startWebhook({ extraServiceLabels: ['example.com/service'] });
  });
  afterAll(() => webhook.running.close());

  const having = (labels: object) => ({ ...bad, metadata: { ...bad.metadata, labels } });

  test.each(['small', 'large'])('is judged in full, and one that does not is allowed: %s', async (size) => {
    const ask = (labels: object) => {
      const body = JSON.stringify(updateReview(having(labels), having({ 'example.com/service': 'a' })));
      return webhook.ask('/validate', size === 'large' ? enlarge(body) : body);
    };
    expect(await ask({ 'example.com/service': 'b' })).toMatchObject({ allowed: false, status: { code: 422 } });
    expect(await ask({ 'example.com/service': 'a', app: 'web' })).toMatchObject({ allowed: true });
  });
});

describe('the thread', () => {
  const log = pino({ level: 'silent' });
  const networks = () => ({ nodePods: [], services: [] });
  const createThread = () => {
    const thread = createJudgeThread({ heapBytes: 128 * mebibyte, networks, log });
    onTestFinished(() => thread.close());
    return thread;
  };
  const policyOf = (rules: object): Policy => {
    const { policy } = parsePolicy({ ...defaultPolicySource, rules });
    return policy ?? expect.unreachable();
  };
  const bytesOf = (body: unknown) => Buffer.from(new TextEncoder().encode(JSON.stringify(body)).buffer);
  const review = (changes: Partial<LargeReview> = {}): LargeReview => ({
    bytes: bytesOf(createReview(good, { uid: 'one' })),
    webhook: 'validate',
    policy: defaultPolicy(),
    deadline: performance.now() + 60_000,
    isWanted: () => true,
    ...changes,
  });

  test('is late at the deadline, whether a review waits or is judged, and judges the next', async () => {
    const { judge } = createThread();
    const late = [1, 2].map(() => judge(review({ deadline: performance.now() })));
    const next = judge(review({ bytes: bytesOf(createReview(bad, { uid: 'two' })) }));
    expect(await Promise.all(late)).toEqual(Array(2).fill({ outcome: { outcome: 'late', uid: 'one' } }));
    expect(await next).toMatchObject({ outcome: { outcome: 'judged', request: { uid: 'two' }, decision: 'denied' } });
  });

  test('does not judge what nobody waits for', async () => {
    const { judge } = createThread();
    expect(await judge(review({ isWanted: () => false }))).toEqual({ outcome: { outcome: 'aborted' } });
  });

  test('that ends by itself refuses one review', async () => {
    const { judge } = createThread();
    const unreadable = { ...defaultPolicy(), source: JSON.parse('{}') };
    for (let i = 0; i < 2; i++)
      expect(await judge(review({ policy: unreadable }))).toEqual({
        outcome: { outcome: 'internal-error', uid: 'one' },
      });
  });

  test('aborts what waits when it is closed', async () => {
    const thread = createThread();
    const answers = [1, 2].map(() => thread.judge(review()));
    await thread.close();
    expect(await Promise.all(answers)).toEqual(Array(2).fill({ outcome: { outcome: 'aborted' } }));
  });

  test('judges each review by its own policy, with one thread at a time', async () => {
    const { judge } = createThread();
    const lax = policyOf({ 'special-address': { enforcement: 'none' } });
    const policies = [defaultPolicy(), lax, lax, defaultPolicy()];
    const judged = await Promise.all(
      policies.map((policy) => judge(review({ policy, bytes: bytesOf(createReview(bad)) }))),
    );
    expect(judged.map(({ outcome }) => 'decision' in outcome && outcome.decision)).toEqual([
      'denied',
      'allowed',
      'allowed',
      'denied',
    ]);
    for (const [index, { outcome }] of judged.entries())
      expect(outcome).toMatchObject({ text: expect.stringContaining(`"policy":"${policies[index]?.digest}"`) });
  });

  const followed = policyOf({ 'foreign-pod': { enforcement: 'deny' } });
  const podAt = (podIP: string, namespace: string) => ({
    kind: 'Pod',
    metadata: { namespace, name: podIP },
    status: { podIP },
  });
  const listing = (count: number) =>
    bytesOf(
      JSON.parse(
        String(
          reviewOf([{ addresses: Array.from({ length: count }, (_, i) => ({ ip: ipv4(i) })), ports: [{ port: 1 }] }]),
        ),
      ),
    );

  test('asks who has the addresses of a review, and gives back the body of one that may be judged again', async () => {
    const { judge } = createThread();
    const cluster = clusterOf([podAt(ipv4(5), 'shop'), podAt(ipv4(89_999), 'bank')]);
    const bytes = listing(90_000);
    const text = String(bytes);
    const first = await judge(review({ policy: followed, bytes, cluster }));
    const addresses = [parseAddress(ipv4(89_999))];
    expect(first.outcome).toMatchObject({ outcome: 'doubted', addresses, otherwise: { outcome: 'asking' } });
    expect(bytes.length).toBe(0);
    expect(String(first.bytes)).toBe(text);
    const again = await judge(review({ policy: followed, bytes: first.bytes ?? Buffer.of(), cluster: clusterOf([]) }));
    expect(again).toMatchObject({ outcome: { outcome: 'judged', decision: 'allowed' }, bytes: undefined });
  });

  test('that waits for an answer which the main thread cannot give ends, and the next review is judged', async () => {
    const { judge } = createThread();
    const cluster = clusterOf([]);
    await judge(review({ policy: followed, cluster })); // it has started
    const podsAt = () => {
      throw new Error('what is known cannot be read');
    };
    const failed = await judge(review({ policy: followed, bytes: listing(1), cluster: { ...cluster, podsAt } }));
    expect(failed.outcome).toEqual({ outcome: 'internal-error', uid: expect.any(String) });
    expect((await judge(review({ policy: followed, bytes: listing(1), cluster }))).outcome).toMatchObject({
      decision: 'allowed',
    });
  });
});
