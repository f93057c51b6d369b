import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ipv4 } from '../bench/bodies.ts';
import { memoryLimit, type Process, post, startBundle } from '../support/bundle.ts';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';
import { sendSmallReviews } from '../support/small-reviews.ts';
import { creating, endpointsOf, sliceOf } from '../support/waking.ts';

const mebibyte = 2 ** 20;
const maxMilliseconds = 1000;

/** What an API server stores of one object is at most 1.5 MiB; in JSON these are more. */
const ips = (count: number) => Array.from({ length: count }, (_, i) => ipv4(i));
const slicesOf = (count: number, endpoints: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...sliceOf('10.0.0.1', `web-${i}`),
    endpoints: Array.from({ length: endpoints }, () => ({ addresses: ips(100) })),
  }));
const listOf = (items: readonly object[]) =>
  Buffer.from(JSON.stringify({ kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: {}, items }));
const endpoints = Buffer.from(
  JSON.stringify({
    ...endpointsOf('10.0.0.1'),
    subsets: [{ addresses: ips(60_000).map((ip) => ({ ip })), ports: [{ port: 80 }] }],
  }),
);

/** The process with the memory of the chart reads for each Service what a tenant could have stored for it. */
let cluster: FakeCluster;
let webhook: Process;
let small: ReturnType<typeof sendSmallReviews>;
let list: Buffer = Buffer.of();
const rows: string[] = [];

beforeAll(async () => {
  cluster = await startFakeCluster();
  cluster.fault = ({ url }, response) => send(url, response);
  webhook = await startBundle(['--max-share-per-client', '1', '--kubeconfig', cluster.kubeconfig]);
  small = sendSmallReviews(webhook.port);
});
afterAll(async () => {
  console.log(
    [
      '| what is read | MiB | ms alone | answers of 24 at once | peak MiB | longest small review ms |',
      '| --- | ---: | ---: | --- | ---: | ---: |',
      ...rows,
    ].join('\n'),
  );
  await small.stop();
  await webhook.stop();
  await cluster.close();
});

function send(path: string, response: ServerResponse): boolean {
  const body = path.includes('/endpointslices') ? list : path.includes('/endpoints/') ? endpoints : undefined;
  if (body) response.setHeader('content-type', 'application/json').end(body);
  return body !== undefined;
}

test.each([
  ['2 slices of 100,000 addresses, and Endpoints of 60,000', slicesOf(2, 1000), 'allowed'],
  ['100 slices of 2,000, and the same Endpoints', slicesOf(100, 20), 'allowed'],
  ['12 slices of 100,000', slicesOf(12, 1000), 'unread'],
  ['more than 16 MiB of slices', slicesOf(20, 1000), 'unread'],
] as const)('%s: alone and 24 at once, of 8 namespaces', async (name, items, expected) => {
  list = listOf(items);
  webhook.forgetPeak();
  await small.fared();
  const ask = (namespace: string) =>
    post(webhook.port, '/validate?timeout=5s', Buffer.from(JSON.stringify(creating({}, { namespace }))));
  const began = performance.now();
  const alone = read(await ask('shop'));
  const milliseconds = performance.now() - began;
  const together = await Promise.all(Array.from({ length: 24 }, (_, i) => ask(`shop-${i % 8}`)));
  const told = new Map<string, number>();
  for (const answer of together) told.set(read(answer), (told.get(read(answer)) ?? 0) + 1);
  const { longest, failures } = await small.fared();
  const answers = [...told].map(([text, count]) => `${count} ${text}`).join(', ');
  rows.push(
    `| ${name} | ${(list.length / mebibyte).toFixed(1)} | ${milliseconds.toFixed(0)}: ${alone} | ${answers} | ${(webhook.peak() / mebibyte).toFixed(0)} | ${longest.toFixed(0)} |`,
  );
  expect(alone).toBe(expected);
  expect(webhook.lives()).toBe(true);
  expect(failures).toEqual([]);
  expect.soft(longest, 'milliseconds of the slowest small review').toBeLessThan(maxMilliseconds);
  expect.soft(webhook.peak() / mebibyte, 'MiB').toBeLessThan(memoryLimit / mebibyte);
});

/** What is not judged is refused. */
function read({ code, text }: { readonly code: number; readonly text: string }): string {
  expect(code).toBe(200);
  const { allowed, status } = JSON.parse(text).response;
  if (allowed) return 'allowed';
  expect(status.message).toMatch(/could not |spec\.selector|this Service would|overload/);
  return /could not read/.test(status.message) ? 'unread' : `refused with ${status.code}`;
}
