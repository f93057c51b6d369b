import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { refuse } from '../support/fake-request.ts';
import { pod, pods, startFollowed } from '../support/followed.ts';

const lists = ({ requests }: FakeCluster) => requests.filter(({ isWatch }) => !isWatch).length;
const putOne = (cluster: FakeCluster) => cluster.put(pods, pod('one'));

test('lists anew, and goes on watching from there', async () => {
  await using followed = await startFollowed(putOne);
  const { cluster, following } = followed;
  await followed.settle();
  await following.refresh();
  expect(following.brokenSince).toBeUndefined();
  expect([lists(cluster), followed.lists]).toEqual([2, ['start', 'refresh']]);
  cluster.put(pods, pod('two'));
  await followed.settle();
  expect([lists(cluster), followed.problems]).toEqual([2, []]);
});

test('waits for no backoff', async () => {
  await using followed = await startFollowed(putOne, { settings: { firstBackoff: 3_600_000, maxBackoff: 3_600_000 } });
  const { cluster, following, objects } = followed;
  await followed.settle();
  cluster.drop();
  await eventually(() => expect(followed.problems).toHaveLength(1));
  cluster.put(pods, pod('two'));
  await following.refresh();
  expect(objects.has('a/two')).toBe(true);
});

test('a list that was under way is not enough, and all who wait for the next share it', async () => {
  await using followed = await startFollowed(putOne);
  const { cluster, following } = followed;
  await followed.settle();
  const held = Promise.withResolvers<void>();
  cluster.fault = ({ isWatch }, response) => {
    if (isWatch) return false;
    cluster.fault = () => false;
    held.promise.then(() => response.end());
    response.writeHead(200).write(JSON.stringify({ metadata: { resourceVersion: `${cluster.version()}` }, items: [] }));
    return true;
  };
  const first = following.refresh();
  await eventually(() => expect(lists(cluster)).toBe(2));
  const later = [following.refresh(), following.refresh(), following.refresh()];
  held.resolve();
  await first;
  expect(followed.objects.size).toBe(0);
  await Promise.all(later);
  expect([...followed.objects.keys()]).toEqual(['a/one']);
  expect(lists(cluster)).toBe(3);
});

test('rejects where the list cannot be read, and following goes on', async () => {
  await using followed = await startFollowed(putOne);
  const { cluster, following } = followed;
  await followed.settle();
  cluster.fault = ({ isWatch }, response) => !isWatch && refuse(response, 503);
  const wanted = [following.refresh(), following.refresh()];
  for (const one of wanted) await expect(one).rejects.toThrow('the API server answered 503: the test says 503');
  cluster.put(pods, pod('two'));
  await followed.settle();
  expect(lists(cluster), 'nothing of it was read, so it goes on from where it was').toBe(2);
});

test('of a list that broke off some is newer than what was watched: it is listed again', async () => {
  await using followed = await startFollowed(
    (cluster) => {
      for (const name of ['one', 'two', 'three']) cluster.put(pods, pod(name));
    },
    { settings: { pageObjects: 2 } },
  );
  const { cluster, following } = followed;
  await followed.settle();
  cluster.fault = ({ query }, response) => query.has('continue') && refuse(response, 503);
  await expect(following.refresh()).rejects.toThrow('the API server answered 503');
  cluster.fault = () => false;
  await followed.settle();
  expect(followed.lists).toEqual(['start', 'problem']);
});

test('whoever does not wait for it need not catch', async () => {
  await using followed = await startFollowed((cluster) => {
    cluster.fault = (_, response) => refuse(response, 503);
  });
  followed.following.refresh();
  await eventually(() => expect(followed.problems.length).toBeGreaterThan(1));
});
