import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';
import { bad, createReview, good, startWebhook, updateReview } from '../support/webhook.ts';

const webhook = await startWebhook();
afterAll(() => webhook.running.close());
const { ask, post, operations } = webhook;

const secret = 'only-in-the-body';
const warned = {
  ...good,
  subsets: [{ ...good.subsets[0], addresses: [{ ip: '10.1.2.3', targetRef: { fieldPath: 'a..b' } }] }],
};
const unpatched = { ...good, subsets: [{ ...good.subsets[0], ports: [{ port: 80 }] }] };
const denied = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web', annotations: { secret } },
  subsets: [{ addresses: [{ ip: '127.0.0.1' }, { ip: '::1' }], ports: [{ port: 0 }] }],
};

describe('probes', () => {
  test.each([
    ['get', '/livez', 200, 'ok\n'],
    ['get', '/readyz', 200, 'ok\n'],
    [
      'get',
      '/readyz?verbose',
      200,
      `[+]listening ok\n[+]certificate ok\n[+]trust ok\n[+]shutdown ok\n[+]connections ok\n[+]memory ok\n[+]policy ok (${defaultPolicy().digest})\nok\n`,
    ],
    ['head', '/readyz', 200, undefined],
    ['post', '/livez', 405, 'use GET\n'],
    ['delete', '/metrics', 405, 'use GET\n'],
    ['get', '/', 404, 'not found: /livez, /readyz or /metrics\n'],
    ['post', '/validate', 404, 'not found: /livez, /readyz or /metrics\n'],
    ['get', '/constructor', 404, 'not found: /livez, /readyz or /metrics\n'],
  ] as const)('%s %s is %i', async (method, path, code, text) => {
    const answer = await operations[method](path);
    expect([answer.status, answer.text]).toEqual([code, text]);
    expect(answer.headers.allow).toBe(code === 405 ? 'GET, HEAD' : undefined);
  });
});

/** An alert on a rise does not see a series that begins with its first denial. */
test('before any review, what may come is counted as 0', async () => {
  const fresh = await startWebhook();
  const metrics = await fresh.metrics();
  await fresh.running.close();
  const series = [...metrics.matchAll(/^endpoints_webhook_(\w+_total)(\{.*\}) (.*)$/gm)];
  const having = (name: string) => series.filter(([, of]) => of === name).map(([, , labels]) => labels);
  const ids = [wellFormed, ...rules].map(({ id }) => id);
  expect(having('denials_total')).toEqual(ids.map((rule) => `{rule="${rule}"}`));
  expect(having('violations_total')).toHaveLength(3 * ids.length);
  expect(having('violations_total')).toContain('{rule="fqdn-address",enforcement="audit"}');
  const reasons =
    'aborted bad-request client-overloaded content internal-error late method overloaded path too-large'.split(' ');
  expect(having('rejected_requests_total')).toEqual(expect.arrayContaining(reasons.map((r) => `{reason="${r}"}`)));
  expect(having('certificate_reloads_total')).toEqual(['{result="ok"}', '{result="error"}']);
  expect(having('access_reviews_total')).toHaveLength(5);
  expect(having('dropped_connections_total')).toEqual(
    ['client-limit', 'gave-way', 'limit', 'no-request', 'pipelined', 'stalled'].map((reason) => `{reason="${reason}"}`),
  );
  expect(having('failed_handshakes_total')).toHaveLength(6);
  const denied = (resource: string) =>
    `{webhook="validate",resource="${resource}",operation="UPDATE",decision="denied",dry_run="false"}`;
  expect(having('admission_requests_total')).toHaveLength(34);
  expect(having('admission_requests_total')).toEqual(
    expect.arrayContaining(['endpoints', 'endpointslices.discovery.k8s.io', 'services'].map(denied)),
  );
  expect(series.filter(([, , , value]) => value !== '0')).toEqual([]);
  expect(metrics).toContain('admission_duration_seconds_count{webhook="validate"} 0');
});

describe('after some reviews', () => {
  let metrics = '';
  const value = (name: string) =>
    new RegExp(`^endpoints_webhook_${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(metrics)?.[1];

  beforeAll(async () => {
    await ask('/validate', createReview());
    await ask('/validate', createReview(good, { dryRun: true }));
    await ask('/validate', createReview(denied, { uid: 'denied', userInfo: { username: 'bob', groups: ['ops'] } }));
    await ask('/validate', createReview(warned, { uid: 'warned', userInfo: { username: 'carol' } }));
    await ask('/validate', updateReview(bad, bad, { uid: 'unchanged' }));
    await ask('/validate', createReview({}, { resource: { group: 'apps', resource: 'deployments' } }));
    await ask('/mutate', createReview());
    await ask('/mutate', createReview(unpatched));
    await ask('/mutate', createReview(unpatched, { operation: 'UPDATE', oldObject: good }));
    await post('/validate', 'not JSON');
    await post('/mutate', '[', { 'Content-Type': 'text/plain' });
    await post('/nowhere', '');
    await webhook.agent.get('/validate');
    await post('/validate', JSON.stringify(createReview('x'.repeat(17 * 1024 * 1024))));
    metrics = await webhook.metrics();
  });

  const requests = (webhookName: string, resource: string, operation: string, decision: string, dryRun = false) =>
    `admission_requests_total{webhook="${webhookName}",resource="${resource}",operation="${operation}",decision="${decision}",dry_run="${dryRun}"}`;
  test.each([
    [requests('validate', 'endpoints', 'CREATE', 'allowed'), '2'],
    [requests('validate', 'endpoints', 'CREATE', 'allowed', true), '1'],
    [requests('validate', 'endpoints', 'CREATE', 'denied'), '1'],
    [requests('validate', 'endpoints', 'UPDATE', 'unchanged'), '1'],
    [requests('validate', 'other', 'CREATE', 'allowed'), '1'],
    [requests('mutate', 'endpoints', 'CREATE', 'allowed'), '1'],
    [requests('mutate', 'endpoints', 'CREATE', 'patched'), '1'],
    [requests('mutate', 'endpoints', 'UPDATE', 'patched'), '1'],
    ['denials_total{rule="special-address"}', '1'],
    ['denials_total{rule="port-range"}', '1'],
    ['denials_total{rule="target-field-path"}', '0'],
    ['violations_total{rule="special-address",enforcement="deny"}', '2'],
    ['violations_total{rule="target-field-path",enforcement="warn"}', '1'],
    ['rejected_requests_total{reason="bad-request"}', '1'],
    ['rejected_requests_total{reason="content"}', '1'],
    ['rejected_requests_total{reason="path"}', '1'],
    ['rejected_requests_total{reason="method"}', '1'],
    ['rejected_requests_total{reason="too-large"}', '1'],
    ['admission_duration_seconds_count{webhook="validate"}', '8'],
    ['admission_duration_seconds_count{webhook="mutate"}', '3'],
    ['admission_duration_seconds_bucket{le="10",webhook="validate"}', '8'],
    ['request_body_bytes_count', '10'],
    ['request_body_bytes_bucket{le="1024"}', '10'],
    ['requests_in_flight', '0'],
    ['build_info{version="1.2.3"}', '1'],
  ])('%s is %s', (name, expected) => expect(value(name)).toBe(expected));

  test('metrics name nobody, and are Prometheus text', async () => {
    expect(metrics).not.toMatch(/alice|bob|carol|shop|"web"|deployments/);
    expect(metrics).toMatch(/^nodejs_eventloop_lag_seconds /m);
    expect((await operations.get('/metrics')).headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test('the log has one line for each review with violations', () => {
    const said = {
      level: 30,
      namespace: 'shop',
      name: 'web',
      operation: 'CREATE',
      resource: 'endpoints',
      dryRun: false,
    };
    const lines = webhook.lines.filter(({ uid }) => ['denied', 'warned', 'unchanged'].includes(String(uid)));
    expect(lines).toMatchObject([
      {
        ...{ ...said, uid: 'denied', user: 'bob', rules: ['special-address', 'port-range'], decision: 'denied' },
        first: { rule: 'special-address', field: 'subsets[0].addresses[0].ip', value: '127.0.0.1' },
      },
      { ...said, uid: 'warned', user: 'carol', rules: ['target-field-path'], decision: 'allowed' },
    ]);
  });

  test('and one for each that could not be read, and none of the others', () => {
    const { port, operationsPort } = webhook.running;
    expect(
      webhook.lines.map(({ uid, msg }) => (typeof uid === 'string' && !/^(denied|warned)$/.test(uid) ? 'unread' : msg)),
    ).toEqual([
      'RBAC exemptions cannot be granted',
      expect.stringContaining('self-signed certificate'),
      'listening',
      'denied',
      'allowed',
      'unread',
    ]);
    expect(webhook.lines.slice(0, 2)).toMatchObject([{ level: 40 }, { level: 40 }]);
    expect(webhook.lines[2]).toMatchObject({ level: 30, port, operationsPort, version: '1.2.3', mode: 'enforce' });
    expect(JSON.stringify(webhook.lines)).not.toMatch(/only-in-the-body|"ip"|addresses":/);
  });
});

test('allowed reviews are logged at debug', async () => {
  const talkative = await startWebhook({ logLevel: 'debug' });
  await talkative.ask('/validate', createReview(good, { uid: 'fine', namespace: 'n'.repeat(1000) }));
  const namespace = `${'n'.repeat(252)}…`;
  const line = talkative.lines.find(({ uid }) => uid === 'fine');
  expect(line).toMatchObject({ level: 20, user: 'alice', rules: [], decision: 'allowed', namespace });
  await talkative.running.close();
});
