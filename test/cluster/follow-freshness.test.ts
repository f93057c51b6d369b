import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { refuse, statusOf } from '../support/fake-request.ts';
import { pod, pods, startFollowed } from '../support/followed.ts';

test('broken until it was listed, current while it is watched, and broken while nobody answers', async () => {
  await using followed = await startFollowed((cluster) => {
    cluster.put(pods, pod('one'));
    cluster.fault = (_, response) => refuse(response, 503);
  });
  const { cluster, following } = followed;
  expect(following.lastHeard).toBeUndefined();
  const atFirst = following.brokenSince;
  expect(atFirst).toBeLessThanOrEqual(performance.now());
  await eventually(() => expect(followed.problems.length).toBeGreaterThan(2));
  expect([following.isListed, following.brokenSince]).toEqual([false, atFirst]);
  cluster.fault = () => false;
  await followed.settle();
  expect([following.isListed, following.brokenSince]).toEqual([true, undefined]);
  const heard = following.lastHeard ?? 0;
  await cluster.stop();
  cluster.put(pods, pod('two'));
  await eventually(() => expect(following.brokenSince).toBeGreaterThan(0));
  await eventually(() => expect(followed.problems.at(-1)).toContain('ECONNREFUSED'));
  expect(following.brokenSince).toBeLessThanOrEqual(performance.now());
  expect(following.isListed).toBe(true);
  await cluster.start();
  await followed.settle();
  expect(following.brokenSince).toBeUndefined();
  await eventually(() => {
    cluster.bookmark();
    expect(following.lastHeard).toBeGreaterThan(heard);
  });
});

test('watches that break before they have told anything do not count', async () => {
  await using followed = await startFollowed((cluster) => cluster.put(pods, pod('one')), {
    settings: { justListed: 0 },
  });
  const { cluster, following } = followed;
  const error = `${JSON.stringify({ type: 'ERROR', object: statusOf(500, 'no') })}\n`;
  await followed.settle();
  cluster.fault = ({ isWatch }, response) => {
    if (isWatch) response.writeHead(200).end(error);
    return isWatch;
  };
  cluster.drop();
  await eventually(() => expect(followed.problems.length).toBeGreaterThan(2));
  const since = await eventually(() => {
    expect(following.brokenSince).toBeGreaterThan(0);
    return following.brokenSince;
  });
  const before = followed.problems.length;
  await eventually(() => expect(followed.problems.length).toBeGreaterThan(before + 2));
  await eventually(() => expect(following.brokenSince).toBe(since));
  cluster.fault = () => false;
  await followed.settle();
  expect(following.brokenSince).toBeUndefined();
});
