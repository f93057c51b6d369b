import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/cluster/connection.ts';
import { get } from '../../src/cluster/get.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { refuse } from '../support/fake-request.ts';
import { pod, pods, startFollowed } from '../support/followed.ts';

const putPods = (count: number) => (cluster: FakeCluster) => {
  for (let i = 0; i < count; i++) cluster.put(pods, pod(`p-${i}`));
};

test('a list is read in pages, and what happens then is watched', async () => {
  await using followed = await startFollowed(putPods(250));
  const { cluster, objects, following, lists, problems } = followed;
  await followed.settle();
  expect(objects.size).toBe(250);
  expect(cluster.requests.map(({ query }) => query.get('limit'))).toEqual(['100', '100', '100', null]);
  cluster.put(pods, pod('new'));
  cluster.put(pods, pod('p-7', { labels: { changed: 'yes' } }));
  cluster.remove(pods, 'a/p-8');
  await followed.settle();
  expect(objects.get('a/p-7')).toMatchObject({ metadata: { labels: { changed: 'yes' } } });
  expect(objects.has('a/p-8')).toBe(false);
  expect([lists, problems]).toEqual([['start'], []]);
  expect(following.isListed).toBe(true);
  expect(following.lastHeard).toBeGreaterThan(0);
});

test('a watch asks for bookmarks and an end, and goes on from the version of the last bookmark', async () => {
  await using followed = await startFollowed(putPods(1));
  const { cluster, lists } = followed;
  await followed.settle();
  cluster.put('/api/v1/nodes', { metadata: { name: 'elsewhere' } });
  cluster.bookmark();
  cluster.endWatches();
  const watches = () => cluster.requests.filter(({ isWatch }) => isWatch).map(({ query }) => query);
  await eventually(() => expect(watches()).toHaveLength(2));
  const [first, second] = watches();
  expect(first?.get('allowWatchBookmarks')).toBe('true');
  expect(Number(first?.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
  expect(Number(first?.get('timeoutSeconds'))).toBeLessThanOrEqual(600);
  expect(second?.get('resourceVersion')).toBe(String(cluster.version()));
  expect(lists).toEqual(['start']);
});

test('a path with a query: only what it selects', async () => {
  const path = `${pods.replace('pods', 'namespaces/a/pods')}?labelSelector=${encodeURIComponent('app=web')}`;
  await using followed = await startFollowed(
    (cluster) => {
      cluster.put(pods, pod('one', { labels: { app: 'web' } }));
      cluster.put(pods, pod('other'));
      cluster.put(pods, pod('one', { labels: { app: 'web' } }, 'b'));
    },
    { path },
  );
  const { cluster, objects } = followed;
  await eventually(() => expect([...objects.keys()]).toEqual(['a/one']));
  await eventually(() => expect(cluster.watching()).toBe(1));
  cluster.put(pods, pod('other', { labels: { app: 'web' } }));
  cluster.put(pods, pod('one'));
  await eventually(() => expect([...objects.keys()]).toEqual(['a/other']));
});

test('pages that are too large are asked for again with an eighth of the objects', async () => {
  const large = { annotations: { text: 'x'.repeat(2000) } };
  await using followed = await startFollowed(
    (cluster) => {
      for (let i = 0; i < 20; i++) cluster.put(pods, pod(`p-${i}`, large));
    },
    { settings: { pageObjects: 16, pageBytes: 10_000 } },
  );
  await followed.settle();
  const limits = followed.cluster.requests.map(({ query }) => query.get('limit'));
  expect(limits.slice(0, 3)).toEqual(['16', '2', '2']);
  expect(followed.problems).toEqual([]);
});

test('what is followed takes no connection of those that calls share', async () => {
  await using followed = await startFollowed(putPods(1));
  const { cluster } = followed;
  const connection = connect(cluster.kubeconfig);
  const controller = new AbortController();
  const limits = { signal: controller.signal, headersTimeout: 10_000 };
  const broken: unknown[] = [];
  const open = Array.from({ length: 12 }, async () => {
    const { body } = await connection.stream(`${pods}?watch=true&resourceVersion=${cluster.version()}`, limits);
    body.on('error', (error) => broken.push(error)).resume();
  });
  await Promise.all(open);
  expect((await get(connection, '/version', { timeout: 10_000, maxBytes: 1000 })).status).toBe(200);
  expect(broken).toEqual([]);
  controller.abort();
  await connection.close();
});

test('the token is read anew for each request', async () => {
  let file = '';
  await using followed = await startFollowed((cluster) => {
    file = `${cluster.kubeconfig}-token`;
    writeFileSync(file, 'first');
    const kubeconfig = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8'));
    kubeconfig.users[0].user = { tokenFile: file };
    writeFileSync(cluster.kubeconfig, JSON.stringify(kubeconfig));
  });
  const { cluster } = followed;
  await followed.settle();
  writeFileSync(file, 'second');
  cluster.endWatches();
  await eventually(() => expect(cluster.requests).toHaveLength(3));
  expect(cluster.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer first',
    'Bearer second',
  ]);
});

test('a kind that is not served is empty, where that is said, and is looked for again', async () => {
  const path = '/apis/networking.k8s.io/v1/servicecidrs';
  await using followed = await startFollowed((cluster) => cluster.missing.add(path), {
    path,
    missingIsEmpty: true,
    settings: { missingInterval: 100 },
  });
  const { cluster, following, lists, problems, objects } = followed;
  await eventually(() => expect(following.isListed).toBe(true));
  expect(following.brokenSince).toBeUndefined();
  cluster.put(path, { metadata: { name: 'kubernetes' } });
  await eventually(() => expect(lists.length).toBeGreaterThan(1));
  expect(problems).toEqual([]);
  cluster.missing.clear();
  await followed.settle();
  expect([...objects.keys()]).toEqual(['/kubernetes']);
});

test('a kind that has to be there is not empty because it is not served', async () => {
  await using followed = await startFollowed((cluster) => cluster.missing.add(pods));
  const { cluster, following, problems } = followed;
  await eventually(() => expect(problems.length).toBeGreaterThan(1));
  expect(problems[0]).toBe('the API server answered 404: the server could not find the requested resource');
  expect(following.isListed).toBe(false);
  expect(following.brokenSince).toBeGreaterThan(0);
  cluster.missing.clear();
  await followed.settle();
  expect(following.brokenSince).toBeUndefined();
});

test('what is closed asks no more, and gives nothing more', async () => {
  await using followed = await startFollowed(putPods(1));
  const { cluster, following, objects } = followed;
  await followed.settle();
  await following.close();
  await eventually(() => expect(cluster.watching()).toBe(0));
  const before = cluster.requests.length;
  cluster.put(pods, pod('late'));
  await expect(following.refresh()).rejects.toThrow('it is not followed any more');
  expect([cluster.requests.length, objects.size]).toEqual([before, 1]);
});

test('closing does not wait for a backoff, nor for an answer', async () => {
  await using followed = await startFollowed((cluster) => {
    cluster.fault = (_, response) => refuse(response, 429, { retryAfter: 30 });
  });
  await eventually(() => expect(followed.problems).toHaveLength(1));
  await followed.following.close();
  await using other = await startFollowed((cluster) => cluster.hang());
  await eventually(() => expect(other.cluster.requests).toHaveLength(1));
  const wanted = other.following.refresh();
  await other.following.close();
  await expect(wanted).rejects.toThrow('it is not followed any more');
});
