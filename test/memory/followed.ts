import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ipv4, reviewOf, sliceReviewOf } from '../bench/bodies.ts';
import { type Answer, memoryLimit, type Process, post, startBundle } from '../support/bundle.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';
import { collections, ownership, runningPod } from '../support/followed-webhook.ts';
import { sendSmallReviews } from '../support/small-reviews.ts';

const mebibyte = 2 ** 20;
const [maxMilliseconds, podCount] = [1000, 20_000];

/** The process with the memory of the chart follows 20,000 pods; three of four are of another namespace than the objects that are judged. */
let cluster: FakeCluster;
let webhook: Process;
let small: ReturnType<typeof sendSmallReviews>;
const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
const rows: string[] = [];

beforeAll(async () => {
  cluster = await startFakeCluster();
  for (let i = 0; i < podCount; i++)
    cluster.putLazily(collections.pods, `team-${i % 4}/pod-${i}`, (version) => {
      const { metadata, ...pod } = runningPod(i % 4 === 0 ? 'shop' : `team-${i % 4}`, `pod-${i}`, ipv4(i));
      return {
        ...pod,
        metadata: { ...metadata, resourceVersion: String(version), annotations: { note: 'x'.repeat(4000) } },
      };
    });
  const policy = join(folder, 'policy.yaml');
  const rules = { ...ownership, 'unclaimed-address': { enforcement: 'deny', networks: ['10.0.0.0/8'] } };
  writeFileSync(policy, JSON.stringify({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', rules }));
  const flags = ['--max-share-per-client', '1', '--policy', policy, '--kubeconfig', cluster.kubeconfig];
  webhook = await startBundle(flags);
  await eventually(
    async () => expect((await fetch(`http://127.0.0.1:${webhook.operationsPort}/readyz`)).status).toBe(200),
    { interval: 50 },
  );
  console.log(
    `${podCount} pods are followed: ${mebibytes(webhook.resident())} MiB, ${mebibytes(webhook.peak())} at most`,
  );
  small = sendSmallReviews(webhook.port);
});
afterAll(async () => {
  console.log(
    ['| review | ms alone | peak MiB | longest small review ms |', '| --- | ---: | ---: | ---: |', ...rows].join('\n'),
  );
  await small.stop();
  await webhook.stop();
  await cluster.close();
  rmSync(folder, { recursive: true });
});

const mebibytes = (bytes: number) => (bytes / mebibyte).toFixed(0);

const ips = (count: number, ip: (i: number) => string = ipv4) => Array.from({ length: count }, (_, i) => ip(i));
const endpoints = (all: readonly string[]) =>
  reviewOf([{ addresses: all.map((ip) => ({ ip })), ports: [{ port: 80 }] }]);
const slice = (all: readonly string[], addressType = 'IPv4') =>
  sliceReviewOf({ addressType, endpoints: [{ addresses: all }], ports: [{ port: 80 }] });
const outside = (i: number) => `11.${ipv4(i).slice(3)}`;
const embedding = (i: number) => `64:ff9b::${(0xa00 + (i >> 16)).toString(16)}:${(i & 0xffff).toString(16)}`; // 10.0.0.0/8

/** Of one object no more than 100,000 addresses are judged. */
test.each([
  ['Endpoints with 90,000 addresses, of pods and of nobody', endpoints(ips(90_000)), 403],
  ['a slice with 99,000', slice(ips(99_000)), 403],
  [
    'a slice with 99,000 IPv6 addresses that contain as many IPv4 addresses',
    slice(ips(99_000, embedding), 'IPv6'),
    403,
  ],
  ['a slice with 16 that are in doubt, and 98,000 that are not', slice([...ips(16), ...ips(98_000, outside)]), 403],
  ['a slice with 200,000', slice(ips(200_000)), 422],
] as const)('%s, alone and four at once', async (name, body, expected) => {
  webhook.forgetPeak();
  await small.fared();
  const began = performance.now();
  const alone = codeOf(await post(webhook.port, '/validate', body));
  const milliseconds = performance.now() - began;
  const together = await Promise.all(Array.from({ length: 4 }, () => post(webhook.port, '/validate', body)));
  expect(alone).toBe(expected);
  for (const answer of together) expect([expected, 429, 504]).toContain(codeOf(answer)); // not all fit in together, or in time
  const { longest, failures } = await small.fared();
  rows.push(`| ${name} | ${milliseconds.toFixed(0)} | ${mebibytes(webhook.peak())} | ${longest.toFixed(0)} |`);
  expect(webhook.lives()).toBe(true);
  expect(failures).toEqual([]);
  expect.soft(longest, 'milliseconds of the slowest small review').toBeLessThan(maxMilliseconds);
  expect.soft(webhook.peak() / mebibyte, 'MiB').toBeLessThan(memoryLimit / mebibyte);
});

function codeOf({ code, text }: Answer): unknown {
  expect(code).toBe(200);
  return JSON.parse(text).response.status?.code;
}
