import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FakeCluster } from '../support/fake-cluster.ts';
import { refuse, statusOf } from '../support/fake-request.ts';
import { type Followed, pod, pods, startFollowed } from '../support/followed.ts';

const putPods = (cluster: FakeCluster) => {
  for (let i = 0; i < 5; i++) cluster.put(pods, pod(`p-${i}`));
};

/** Followed and settled, with five pods. */
async function startSettled(options: Parameters<typeof startFollowed>[1] = {}): Promise<Followed> {
  const followed = await startFollowed(putPods, options);
  await followed.settle();
  return followed;
}

const lists = ({ requests }: FakeCluster) => requests.filter(({ isWatch }) => !isWatch).length;
const watchesOf = ({ requests }: FakeCluster) => requests.filter(({ isWatch }) => isWatch);

/** What is put while nobody watches, and what goes. */
function changeUnseen({ cluster }: Followed): void {
  cluster.put(pods, pod('unseen'));
  cluster.remove(pods, 'a/p-0');
}

test('a dropped connection: it goes on from where it was, without another list', async () => {
  await using followed = await startSettled();
  followed.cluster.drop();
  changeUnseen(followed);
  await followed.settle();
  expect(lists(followed.cluster)).toBe(1);
  expect(followed.problems).toEqual([expect.stringMatching(/^the watch broke off: /)]);
});

test('an ordered end in the middle of a line: the event comes again', async () => {
  await using followed = await startSettled();
  followed.cluster.write('{"type":"DELETED","object":{"metadata":{"namespace":"a","na');
  followed.cluster.endWatches();
  changeUnseen(followed);
  await followed.settle();
  expect(lists(followed.cluster)).toBe(1);
});

test('lines and characters that arrive in halves', async () => {
  await using followed = await startSettled();
  const { cluster, objects } = followed;
  const event = { type: 'ADDED', object: pod('half', { annotations: { text: 'ä€😀'.repeat(3) } }) };
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  for (const byte of bytes) {
    cluster.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  await eventually(() => expect(objects.get('a/half')).toEqual(event.object));
  expect(followed.problems).toEqual([]);
});

test('410 in a watch: it is listed anew, and what has gone goes', async () => {
  await using followed = await startSettled();
  const { cluster } = followed;
  cluster.fault = ({ isWatch }, response) => {
    cluster.fault = () => false;
    if (!isWatch) return false;
    changeUnseen(followed);
    cluster.compact();
    return refuse(response, 410);
  };
  cluster.endWatches();
  await followed.settle();
  expect(followed.lists).toEqual(['start', 'expired']);
  expect(followed.problems).toEqual([]);
});

test('410 in the stream of a watch, as API servers send it', async () => {
  await using followed = await startSettled();
  const { cluster } = followed;
  await cluster.stop();
  changeUnseen(followed);
  cluster.compact();
  await cluster.start();
  await followed.settle();
  expect(followed.lists).toEqual(['start', 'expired']);
});

test('410 between two pages: the list begins anew, so that nothing is missed', async () => {
  await using followed = await startSettled({ settings: { pageObjects: 2 } });
  const { cluster, objects } = followed;
  let pages = 0;
  cluster.fault = ({ isWatch }) => {
    if (isWatch || ++pages !== 2) return false;
    expect(objects.has('a/p-4'), 'what was there holds until the list is whole').toBe(true);
    cluster.remove(pods, 'a/p-1'); // of the page that was read
    cluster.compact();
    return false;
  };
  cluster.compact();
  cluster.endWatches();
  await followed.settle();
  await eventually(() => expect(followed.lists).toEqual(['start', 'expired']));
  expect(objects.has('a/p-1')).toBe(false);
  expect(followed.problems).toEqual([]);
});

test('an API server that forgets at once is not asked in a hot loop', async () => {
  await using followed = await startSettled({ settings: { firstBackoff: 100, maxBackoff: 100_000 } });
  const { cluster } = followed;
  cluster.fault = ({ isWatch }, response) => isWatch && refuse(response, 410);
  cluster.drop();
  await eventually(() => expect(lists(cluster)).toBeGreaterThan(3));
  const seen = lists(cluster);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lists(cluster) - seen).toBeLessThan(2);
});

test.each([
  ['500', statusOf(500, 'Internal error occurred: unable to transform key')],
  ['none', {}],
])('an ERROR event with code %s: it goes on from the last version', async (_, object) => {
  await using followed = await startSettled();
  followed.cluster.write(`${JSON.stringify({ type: 'ERROR', object })}\n`);
  await eventually(() => expect(watchesOf(followed.cluster)).toHaveLength(2));
  changeUnseen(followed);
  await followed.settle();
  expect(lists(followed.cluster)).toBe(1);
  expect(followed.problems).toEqual([expect.stringMatching(/^the API server answered 500: /)]);
});

test.each([
  ['no JSON', '{"type":"ADDED","object":'],
  ['another type of event', '{"type":"SEEN","object":{}}'],
  ['no object', '[]'],
])('a line that is %s: nothing is dropped, but listed anew', async (_, line) => {
  await using followed = await startSettled();
  followed.cluster.write(`${line}\n`);
  await eventually(() => expect(followed.lists).toEqual(['start', 'problem']));
  changeUnseen(followed);
  await followed.settle();
  expect(followed.problems).toEqual(['the API server sent something that is no event']);
});

test('an endless line is given up, and it goes on from the last version', async () => {
  await using followed = await startSettled();
  const { cluster } = followed;
  cluster.write(Buffer.alloc(17 * 1024 * 1024, 'x'));
  await eventually(() => expect(watchesOf(cluster)).toHaveLength(2));
  changeUnseen(followed);
  await followed.settle();
  expect(lists(cluster)).toBe(1);
  expect(followed.problems).toEqual(['the API server sends no events: a line is larger than 16777216 bytes']);
});

test('what has no name is said, and passed over', async () => {
  const nameless = { metadata: { namespace: 'a' } };
  await using followed = await startFollowed((cluster) => {
    putPods(cluster);
    cluster.put(pods, nameless);
  });
  const { cluster, objects } = followed;
  await eventually(() => expect(cluster.watching()).toBe(1));
  for (const object of [nameless, { metadata: { name: '' } }, 'text'])
    cluster.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
  cluster.put(pods, pod('after'));
  await eventually(() => expect(objects.has('a/after')).toBe(true));
  expect(objects.size).toBe(6);
  const said = 'the API server sent an event without a name, which is passed over';
  expect(followed.problems).toEqual([
    'the API server listed 1 without a name, which are passed over',
    ...[said, said, said],
  ]);
});

test('429: it waits as long as it is told to, and then goes on', async () => {
  await using followed = await startSettled({ settings: { firstBackoff: 1, maxBackoff: 30_000 } });
  const { cluster, problems } = followed;
  cluster.fault = ({ isWatch }, response) => isWatch && refuse(response, 429, { retryAfter: 1 });
  cluster.drop();
  changeUnseen(followed);
  const begun = watchesOf(cluster).length;
  await eventually(() => expect(watchesOf(cluster).length).toBe(begun + 2));
  expect(problems[1]).toBe('the API server answered 429: the test says 429');
  cluster.fault = () => false;
  await followed.settle();
  expect(lists(cluster)).toBe(1);
});

test.each([403, 500, 503])('%i on a list: it is asked again', async (code) => {
  await using followed = await startFollowed((cluster) => {
    putPods(cluster);
    cluster.fault = (_, response) => refuse(response, code);
  });
  await eventually(() => expect(followed.problems.length).toBeGreaterThan(2));
  expect(followed.problems[0]).toBe(`the API server answered ${code}: the test says ${code}`);
  expect(followed.following.isListed).toBe(false);
  followed.cluster.fault = () => false;
  await followed.settle();
  expect(followed.lists).toEqual(['start']);
});

test.each([
  ['no JSON', 'x'],
  ['no items', '{"metadata":{"resourceVersion":"1"}}'],
  ['no version', '{"metadata":{},"items":[]}'],
  ['one page for ever', '{"metadata":{"resourceVersion":"1","continue":"same"},"items":[]}'],
])('a list that is none (%s) empties nothing', async (_, text) => {
  await using followed = await startSettled();
  const { cluster, following, objects, problems } = followed;
  cluster.fault = ({ isWatch }, response) => {
    if (!isWatch) response.writeHead(200).end(text);
    return !isWatch;
  };
  await expect(following.refresh()).rejects.toThrow(
    /^the API server answered (?:something that is no list|one page twice)$/,
  );
  expect(objects.size).toBe(5);
  cluster.fault = () => false;
  changeUnseen(followed);
  await followed.settle();
  expect(problems.length).toBeGreaterThan(0);
});

test('a server that hangs with its connections open: silence ends the watch', async () => {
  await using followed = await startSettled({
    settings: { silenceTimeout: 200, headersTimeout: 200 },
  });
  const { cluster, problems, following } = followed;
  cluster.hang();
  changeUnseen(followed);
  await eventually(() => expect(problems.length).toBeGreaterThan(1));
  expect(problems[0]).toBe('the API server has sent nothing for 0.2 s');
  expect(problems[1]).toMatch(/^the API server did not answer: Headers Timeout/);
  await eventually(() => expect(following.brokenSince).toBeGreaterThan(0));
  cluster.resume();
  await followed.settle();
  expect(lists(cluster)).toBe(1);
});

test('a page that never ends is given up', async () => {
  await using followed = await startSettled({ settings: { pageTimeout: 200 } });
  const { cluster, following } = followed;
  cluster.fault = ({ isWatch }, response) => {
    if (!isWatch) response.writeHead(200).write('{"items":[');
    return !isWatch;
  };
  await expect(following.refresh()).rejects.toThrow(/^the API server did not answer: /);
  cluster.fault = () => false;
  await following.refresh();
  await followed.settle();
});

test('a refusal of a watch that never ends is given up', async () => {
  await using followed = await startSettled({ settings: { pageTimeout: 200 } });
  const { cluster, problems } = followed;
  cluster.fault = ({ isWatch }, response) => {
    if (isWatch) response.writeHead(500).write('{');
    return isWatch;
  };
  cluster.endWatches();
  await eventually(() => expect(problems).toContain('the API server did not answer in time'));
  cluster.fault = () => false;
  changeUnseen(followed);
  await followed.settle();
});

test('a watch that does not end in its time is begun anew', async () => {
  const short = { leastWatchSeconds: 1, mostWatchSeconds: 1, watchGrace: 100 };
  await using followed = await startFollowed(
    (cluster) => {
      cluster.fault = ({ isWatch }, response) => {
        if (isWatch) response.writeHead(200).flushHeaders();
        return isWatch;
      };
    },
    { settings: short },
  );
  await eventually(() => expect(watchesOf(followed.cluster)).toHaveLength(2));
  expect(watchesOf(followed.cluster)[0]?.query.get('timeoutSeconds')).toBe('1');
  expect(followed.problems).toEqual([]);
});

test('an API server that is restarted under 50 writes a second', async () => {
  await using followed = await startSettled();
  const { cluster } = followed;
  let written = 0;
  const writing = setInterval(() => {
    cluster.put(pods, pod(`w-${written++ % 40}`));
    if (written % 7 === 0) cluster.remove(pods, `a/w-${written % 40}`);
  }, 20);
  try {
    for (let round = 0; round < 4; round++) {
      const before = written;
      await eventually(() => expect(written).toBeGreaterThan(before + 10));
      await cluster.stop();
      await eventually(() => expect(written).toBeGreaterThan(before + 15));
      if (round % 2) cluster.compact();
      await cluster.start();
      await eventually(() => expect(cluster.watching()).toBe(1));
    }
  } finally {
    clearInterval(writing);
  }
  await followed.settle();
});
