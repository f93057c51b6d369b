import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { refuse } from '../support/fake-request.ts';
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

const { pods, services, nodes, serviceCidrs, slices } = collections;

const own = runningPod('shop', 'web-0', '10.244.1.1');
const foreign = runningPod('bank', 'db-0', '10.244.2.9');

const start = (options: NonNullable<Parameters<typeof startFollowedWebhook>[0]> = {}) =>
  startFollowedWebhook({
    ...options,
    prepare(cluster) {
      for (const pod of [own, foreign]) cluster.put(pods, pod);
      options.prepare?.(cluster);
    },
  });

const unchanged = updateReview(endpointsOf(['10.244.2.9']), endpointsOf(['10.244.2.9']));

const quick = { cluster: { staleAfter: '1s' } };

/** Lists and watches, of whatever kind. */
const isFollowing = ({ url }: { readonly url: string }) => !/\/namespaces\/[^/]+\/pods/.test(url);

describe('starting', () => {
  test('without a cluster to ask ends, and names the rules and what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const policy = join(folder, 'policy.yaml');
    writeFileSync(
      policy,
      JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules: ownership }),
    );
    const { code, err } = await runCommand(['serve', '--port', '0', '--operations-port', '0', '--policy', policy]);
    expect(code).toBe(2);
    expect(err).toContain(
      'the policy turns on foreign-pod, unclaimed-address, service-address, node-address, which have to know the cluster, and there is no cluster to ask: run in a pod, give --kubeconfig, or set their enforcement to none',
    );
  });

  test('asks for nothing where no rule has to know the cluster', async () => {
    const { cluster, metrics, readiness } = await start({ policy: { rules: {} } });
    expect(cluster.requests).toEqual([]);
    expect((await readiness()).text).not.toContain('cluster');
    expect(await metrics()).not.toContain('follow');
  });

  test.each([
    ['foreign-pod', [pods]],
    ['unclaimed-address', [nodes, pods]],
    ['service-address', [services, serviceCidrs]],
    ['node-address', [slices, nodes]],
  ] as const)('with %s follows what it needs and nothing else', async (rule, expected) => {
    const { cluster } = await start({ policy: { rules: { [rule]: ownership[rule] } } });
    expect([...new Set(cluster.requests.map(({ collection }) => collection))].sort()).toEqual([...expected].sort());
  });

  test('follows for rules that are on in some namespaces only', async () => {
    const { ask } = await start({
      policy: { rules: {}, namespaces: [{ match: ['shop'], rules: { 'foreign-pod': ownership['foreign-pod'] } }] },
    });
    expect(await ask('/validate', listing(['10.244.2.9']))).toMatchObject({ allowed: false });
    expect(await ask('/validate', listing(['10.244.2.9'], { namespace: 'other' }))).toMatchObject({ allowed: true });
  });

  test('is not ready until all was read once, says which right is missing, and judges nothing until then', async () => {
    const { ask, cluster, readiness, lines, metric } = await start({
      isReady: false,
      prepare(cluster) {
        cluster.fault = (request, response) =>
          request.collection === pods && refuse(response, 403, { message: 'pods is forbidden: cannot list it' });
      },
    });
    const text = await eventually(async () => {
      const answer = await readiness();
      expect(answer.text).toContain('[-]cluster: pods: not read yet: ');
      return answer.text;
    });
    expect(text).toContain('the API server answered 403: pods is forbidden: cannot list it');
    expect(text).toContain('(it takes the verbs list and watch on pods)');
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, resource: 'pods' }));
    expect(await metric('follow_synced{resource="pods"}')).toBe(0);
    for (const review of [listing(['10.244.1.1']), sliceListing(['10.244.1.1'])]) {
      const { allowed, status } = await ask('/validate', review);
      expect(allowed).toBe(false);
      expect(status?.message).toContain('cannot be judged: the pods of the cluster are not known yet: try again');
    }
    expect(await ask('/validate', unchanged)).toMatchObject({ allowed: true });
    cluster.fault = () => false;
    await eventually(async () => expect((await readiness()).status).toBe(200));
    expect(await ask('/validate', listing(['10.244.1.1']))).toMatchObject({ allowed: true });
    expect(await metric('follow_synced{resource="pods"}')).toBe(1);
  });

  test('takes a cluster without ServiceCIDRs for one that has none', async () => {
    const { ask } = await start({ prepare: (cluster) => cluster.missing.add(serviceCidrs) });
    expect(await ask('/validate', listing(['10.96.0.99']))).toMatchObject({ allowed: true });
  });
});

test('each kind that is followed is judged by, as it changes', async () => {
  const { ask, cluster } = await start();
  const refused = async (ip: string, message: string) =>
    eventually(async () => expect((await ask('/validate', listing([ip]))).status?.message).toContain(message));
  const name = { metadata: { name: 'one', namespace: 'shop' } };
  cluster.put(services, { ...name, spec: { clusterIP: '10.96.0.10' } });
  await refused('10.96.0.10', 'is the cluster IP of a Service');
  cluster.put(serviceCidrs, { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } });
  await refused('10.96.0.11', 'is inside the Service network 10.96.0.0/16');
  const addresses = [{ type: 'InternalIP', address: '192.0.2.11' }];
  cluster.put(nodes, { metadata: { name: 'worker' }, spec: { podCIDRs: ['10.9.0.0/24'] }, status: { addresses } });
  await refused('192.0.2.11', 'is the address of a node');
  await refused('10.9.0.1', 'is inside the pod network 10.9.0.0/24');
  const labels = { 'kubernetes.io/service-name': 'kubernetes' };
  const metadata = { name: 'kubernetes', namespace: 'default', labels };
  cluster.put(slices, { metadata, endpoints: [{ addresses: ['192.0.2.12'] }] });
  await refused('192.0.2.12', 'is the address of an API server');
});

/** No watch is open, and none can be opened; lists are answered. */
function breakWatches(cluster: FakeCluster): void {
  cluster.fault = (request, response) => request.isWatch && refuse(response, 500, { message: 'no watches today' });
  cluster.drop();
}

/** Nothing at all is answered but what is asked about single pods. */
function breakAll(cluster: FakeCluster): void {
  cluster.fault = (request, response) => isFollowing(request) && refuse(response, 500, { message: 'nothing today' });
  cluster.drop();
}

describe('what can no longer be followed', () => {
  const stale = (readiness: () => Promise<{ status: number; text: string }>) =>
    eventually(async () => {
      const { status, text } = await readiness();
      expect(text).toMatch(/\[\+\]cluster ok \(.*pods: not followed for \d+ s: .* today/);
      expect(status).toBe(200);
    });

  test('is read anew for each review that needs it, and judged by', async () => {
    const { ask, cluster, readiness, lines, metric } = await start({ policy: quick });
    breakWatches(cluster);
    await stale(readiness);
    const msg = expect.stringContaining('can no longer be followed');
    await eventually(() => expect(lines).toContainEqual(expect.objectContaining({ level: 50, resource: 'pods', msg })));
    cluster.put(pods, runningPod('bank', 'db-1', '192.0.2.9'));
    const { status } = await ask('/validate', listing(['192.0.2.9']));
    expect(status?.message).toContain('is the address of a pod of another namespace');
    await stale(readiness);
    cluster.put(pods, runningPod('shop', 'web-1', '10.244.1.2'));
    expect(await ask('/validate', listing(['10.244.1.2']))).toMatchObject({ allowed: true });
    expect(await metric('follow_lists_total{resource="pods",reason="refresh"}')).toBeGreaterThanOrEqual(2);
    cluster.fault = () => false;
    await eventually(() =>
      expect(lines).toContainEqual(
        expect.objectContaining({ level: 30, resource: 'pods', msg: 'can be followed again' }),
      ),
    );
  });

  test('and cannot be read is refused, by default', async () => {
    const { ask, cluster, readiness, lines, metric } = await start({ policy: quick });
    breakAll(cluster);
    await stale(readiness);
    const { allowed, status, auditAnnotations } = await ask('/validate', listing(['10.244.1.1']));
    expect(allowed).toBe(false);
    const reason = /the pods of the cluster could not be read: .*nothing today/;
    expect(status?.message).toMatch(new RegExp(`cannot be judged: ${reason.source}: try again`));
    expect(auditAnnotations).toMatchObject({ unknown: expect.stringMatching(reason) });
    expect(lines).toContainEqual(expect.objectContaining({ unknown: expect.stringMatching(reason) }));
    expect(await metric('confirmations_total{result="unanswered"}')).toBe(1);
    expect(await metric('follow_synced{resource="pods"}')).toBe(0);
  });

  test('and cannot be read is warned of where the policy says so', async () => {
    const { ask, cluster, readiness, lines } = await start({
      policy: { cluster: { staleAfter: '1s', whenUnknown: 'warn' } },
    });
    breakAll(cluster);
    await stale(readiness);
    const answer = await ask('/validate', listing(['10.244.1.1']));
    expect(answer.allowed).toBe(true);
    expect(answer.warnings).toContainEqual(expect.stringContaining('cannot be judged: the pods of the cluster'));
    expect(lines).toContainEqual(expect.objectContaining({ decision: 'allowed', unknown: expect.any(String) }));
  });

  test('holds up nothing that it is not needed for', async () => {
    const { ask, cluster, readiness } = await start({ policy: quick });
    breakAll(cluster);
    await stale(readiness);
    const before = cluster.requests.length;
    expect(await ask('/validate', unchanged)).toMatchObject({ allowed: true });
    expect(await ask('/mutate', listing(['10.244.1.1']))).toMatchObject({ allowed: true });
    expect(cluster.requests.slice(before).filter(({ url }) => /[?&]limit=/.test(url)).length).toBeLessThanOrEqual(5);
  });
});

test('an API server that is restarted under 50 writes a second brings about no wrong verdict', async () => {
  const { ask, cluster, lines } = await start();
  let count = 0;
  const write = () => cluster.put(pods, runningPod('load', `pod-${count++ % 200}`, `10.244.9.${count % 250}`));
  const writing = setInterval(write, 20);
  let isOver = false;
  const wrong: unknown[] = [];
  const judge = async () => {
    while (!isOver) {
      const allowed = await ask('/validate', listing(['10.244.1.1']));
      if (!allowed.allowed) wrong.push(allowed);
      const refused = await ask('/validate', listing(['10.244.2.9']));
      if (refused.allowed) wrong.push(refused);
    }
  };
  const judging = judge();
  for (let i = 0; i < 3; i++) {
    await cluster.stop();
    await cluster.start();
    await eventually(() => expect(cluster.watching(pods)).toBe(1));
  }
  isOver = true;
  await judging;
  clearInterval(writing);
  expect(wrong).toEqual([]);
  cluster.put(pods, runningPod('shop', 'web-2', '10.244.1.3'));
  expect(await ask('/validate', listing(['10.244.1.3']))).toMatchObject({ allowed: true });
  expect(lines.filter(({ level }) => level === 60)).toEqual([]);
});

describe('what is logged once the pods are known', () => {
  const logged = (lines: readonly object[], line: object) =>
    eventually(() => expect(lines).toContainEqual(expect.objectContaining(line)));

  test('are those outside the networks of unclaimed-address', async () => {
    const { lines, sees } = await start({
      prepare(cluster) {
        cluster.put(pods, runningPod('shop', 'a', '10.7.1.1', 'fd00:99::1'));
        cluster.put(pods, runningPod('shop', 'b', '10.7.2.1'));
        cluster.put(pods, { ...runningPod('shop', 'c', '192.0.2.7'), spec: { hostNetwork: true } });
      },
    });
    await sees('pods_outside_networks', 2);
    await logged(lines, { level: 30, pods: 2, networks: ['10.7.0.0/16', 'fd00:99::/64'] });
  });

  test('is a pod that its own namespace may not list', async () => {
    const rules = { ...ownership, 'forbidden-network': { networks: ['10.244.0.0/16'] } };
    const { lines } = await start({ policy: { rules } });
    await logged(lines, { level: 40, pod: 'bank/db-0', network: '10.244.0.0/16' }); // the first of the list
  });

  test('is nothing where nothing is to be said', async () => {
    const { lines, sees } = await start();
    await logged(lines, { msg: 'the cluster is known', pods: 2 });
    await sees('pods_outside_networks', 0);
    expect(lines.filter(({ level }) => level !== 30).map(({ msg }) => msg)).toEqual([
      'no TLS files given: serving a self-signed certificate for localhost that ends with this process',
    ]);
  });
});

test('the metrics of what is followed start at 0', async () => {
  const { metrics } = await start();
  const text = await metrics();
  for (const line of [
    'followed_objects{resource="pods"} 2',
    'follow_synced{resource="nodes"} 1',
    'follow_lists_total{resource="services",reason="start"} 1',
    'follow_lists_total{resource="services",reason="expired"} 0',
    'follow_problems_total{resource="endpointslices"} 0',
    'confirmations_total{result="upheld"} 0',
    'confirmations_total{result="lifted"} 0',
    'confirmations_total{result="unanswered"} 0',
    'confirmations_total{result="skipped"} 0',
    'waited_addresses_total{result="held"} 0',
    'waited_addresses_total{result="unclaimed"} 0',
    'confirmation_duration_seconds_count 0',
    'pods_outside_networks 0',
  ])
    expect(text).toContain(`endpoints_webhook_${line}`);
  expect(text).toMatch(/endpoints_webhook_follow_last_heard_timestamp_seconds\{resource="pods"\} \d{10}/);
});
