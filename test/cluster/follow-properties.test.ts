import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { pod, pods, startFollowed } from '../support/followed.ts';

const name = fc.integer({ min: 0, max: 9 }).map((number) => `p-${number}`);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('put' as const), name }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('remove' as const), name }) },
  fc.record({
    does: fc.constantFrom(
      ...(['drop', 'end', 'compact', 'refresh', 'bookmark', 'half a line', 'no JSON', 'error', 'turn'] as const),
    ),
  }),
);

test('whatever happens in whatever order, what is followed becomes what is there', async () => {
  await using followed = await startFollowed(() => {}, {
    settings: { pageObjects: 3, firstBackoff: 2, maxBackoff: 20 },
  });
  const { cluster, following } = followed;
  await followed.settle();
  const error = JSON.stringify({ type: 'ERROR', object: { code: 500 } });
  const actions = {
    put: (name: string) => cluster.put(pods, pod(name)),
    remove: (name: string) => cluster.remove(pods, `a/${name}`),
    drop: () => cluster.drop(),
    end: () => cluster.endWatches(),
    compact: () => cluster.compact(),
    refresh: () => void following.refresh(),
    bookmark: () => cluster.bookmark(),
    'half a line': () => {
      cluster.write('{"type":"DELETED","object":{"metadata":{"na');
      cluster.endWatches();
    },
    'no JSON': () => cluster.write('{}}\n'),
    error: () => cluster.write(`${error}\n`),
    turn: () => new Promise((resolve) => setTimeout(resolve, 3)),
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      for (const one of steps) await actions[one.does]('name' in one ? one.name : '');
      await followed.settle();
    }),
    { numRuns: 40, endOnFailure: true },
  );
  await eventually(() => expect(following.brokenSince).toBeUndefined());
}, 120_000);
