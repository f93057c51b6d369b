import { describe, expect, test } from 'vitest';
import { type AccessAnswer, type AccessQuestion, accessQuestion } from '../../src/review/access.ts';
import { type AccessOptions, type AccessResult, createAccess } from '../../src/server/access.ts';

const about = (user: string): AccessQuestion =>
  accessQuestion({
    kind: 'Endpoints',
    operation: 'CREATE',
    namespace: 'shop',
    requester: { user, groups: [] },
    object: { metadata: { name: 'web' } },
  });

/** Asks somebody who says yes to everything, at a time that the test sets. */
function start(options: Partial<AccessOptions> = {}) {
  const asked: string[] = [];
  const results: AccessResult[] = [];
  const clock = { now: 1_000_000 };
  const access = createAccess({
    async ask({ user }) {
      asked.push(user);
      return { result: 'allowed' };
    },
    cacheMilliseconds: 10_000,
    count: (result) => results.push(result),
    now: () => clock.now,
    ...options,
  });
  return { asked, results, clock, ask: (user: string) => access(about(user), 60_000), access };
}

test.each([
  [10_000, 10_000],
  [1000, 1000],
  [1, 1],
  [60_000, 10_000],
])('with a cache of %i ms a yes is remembered for %i ms from when it was asked for', async (given, lifetime) => {
  const { ask, asked, results, clock } = start({ cacheMilliseconds: given });
  await ask('alice');
  clock.now += lifetime - 1;
  await ask('alice');
  expect([asked, results]).toEqual([['alice'], ['allowed', 'cached']]);
  clock.now += 1;
  await ask('alice');
  expect([asked, results.at(-1)]).toEqual([['alice', 'alice'], 'allowed']);
});

test('the time that the answer took counts', async () => {
  const { ask, asked, clock, access } = start({
    async ask() {
      clock.now += 1500;
      asked.push('x');
      return { result: 'allowed' };
    },
  });
  await access(about('alice'), 60_000);
  clock.now += 8499;
  await ask('alice');
  expect(asked).toHaveLength(1);
  clock.now += 1;
  await ask('alice');
  expect(asked).toHaveLength(2);
});

test.each([0, -1, Number.NaN])('with a cache of %d ms nothing is remembered', async (cacheMilliseconds) => {
  const { ask, asked } = start({ cacheMilliseconds });
  await ask('alice');
  await ask('alice');
  expect(asked).toHaveLength(2);
});

test.each<AccessAnswer>([{ result: 'refused' }, { result: 'unanswered', reason: 'why' }])(
  '$result is not remembered',
  async (answer) => {
    const asked: number[] = [];
    const { ask, results } = start({
      async ask() {
        asked.push(1);
        return answer;
      },
    });
    expect([await ask('alice'), await ask('alice')]).toEqual([answer, answer]);
    expect([asked.length, results]).toEqual([2, [answer.result, answer.result]]);
  },
);

test('1,000 answers are remembered; the oldest make room', async () => {
  const { ask, asked } = start();
  for (let i = 0; i < 1000; i++) await ask(`user-${i}`);
  await ask('user-0');
  expect(asked).toHaveLength(1000);
  await ask('one more');
  await ask('user-1');
  expect(asked).toHaveLength(1001);
  await ask('user-0');
  expect(asked).toHaveLength(1002);
});

test('an endless user name is not remembered', async () => {
  const { ask, asked } = start();
  await ask('x'.repeat(20_000));
  await ask('x'.repeat(20_000));
  expect(asked).toHaveLength(2);
});

describe('nobody waits longer than two seconds, nor than the request has left', () => {
  test.each([
    [60_000, 2000],
    [2000, 2000],
    [1500, 1500],
    [0.5, 0.5],
  ])('of %d ms: %d ms', async (left, given) => {
    const granted: number[] = [];
    const { access } = start({
      async ask(_, milliseconds) {
        granted.push(milliseconds);
        return { result: 'allowed' };
      },
    });
    await access(about('alice'), left);
    expect(granted).toEqual([given]);
  });

  test.each([0, -5, Number.NEGATIVE_INFINITY])('of %d ms: not asked at all', async (left) => {
    const { access, asked, results } = start();
    expect(await access(about('alice'), left)).toMatchObject({
      result: 'unanswered',
      reason: expect.stringContaining('no time left'),
    });
    expect([asked, results]).toEqual([[], ['unanswered']]);
  });
});

test.each([
  ['rejects', () => Promise.reject(new Error('secret'))],
  [
    'throws',
    () => {
      throw new Error('secret');
    },
  ],
])('an asker that %s gives no answer', async (_, ask) => {
  const { access, results } = start({ ask });
  expect(await access(about('alice'), 100)).toEqual({
    result: 'unanswered',
    reason: 'endpoints-webhook failed while asking',
  });
  expect(results).toEqual(['unanswered']);
});

describe('few questions wait at a time, and those beyond are not asked', () => {
  /** Asks somebody who does not answer until the test does. */
  function startWaiting() {
    const waiting: ((answer: AccessAnswer) => void)[] = [];
    const ask = () => new Promise<AccessAnswer>((resolve) => waiting.push(resolve));
    return { waiting, ...start({ ask }) };
  }
  const refusal = (count: string) => ({ result: 'unanswered', reason: expect.stringContaining(count) });

  test('4 of one requester', async () => {
    const { ask, waiting, results } = startWaiting();
    const answers = Array.from({ length: 4 }, () => ask('alice'));
    expect(await ask('alice')).toEqual(refusal('4 questions about this user'));
    expect([waiting.length, results]).toEqual([4, ['unanswered']]);
    answers.push(ask('bob'));
    expect(waiting).toHaveLength(5);
    waiting[0]?.({ result: 'refused' });
    await answers[0];
    answers.push(ask('alice'));
    expect(waiting).toHaveLength(6);
    for (const answer of waiting) answer({ result: 'refused' });
    expect(await Promise.all(answers)).toEqual(Array(6).fill({ result: 'refused' }));
  });

  test('64 of all', async () => {
    const { ask, waiting } = startWaiting();
    const answers = Array.from({ length: 64 }, (_, i) => ask(`user-${i}`));
    expect(await ask('one more')).toEqual(refusal('64 questions'));
    for (const answer of waiting.splice(0)) answer({ result: 'allowed' });
    await Promise.all(answers);
    void ask('one more');
    expect(waiting).toHaveLength(1);
  });

  test('one that fails waits no longer', async () => {
    const { ask } = start({ ask: () => Promise.reject(new Error('secret')) });
    for (let i = 0; i < 100; i++) expect(await ask('alice')).toEqual(refusal('failed while asking'));
  });
});
