import { expect, test } from 'vitest';
import { createTurn, others } from '../../src/server/turn.ts';

test('what waits for the same turn takes each step together, in the order in which it came', async () => {
  const turn = createTurn();
  const steps: string[] = [];
  const takeSteps = async (name: string) => {
    await turn(1000);
    steps.push(`${name} judged`);
    await others;
    steps.push(`${name} answered`);
  };
  await Promise.all(['a', 'b', 'c'].map(takeSteps));
  expect(steps).toEqual(['a judged', 'b judged', 'c judged', 'a answered', 'b answered', 'c answered']);
});

test.each([
  ['32 requests', 1000, [32, 64, 70]],
  ['64 KiB', 20_000, Array.from({ length: 24 }, (_, i) => Math.min(3 * i + 3, 70))],
  ['one request, whatever its size', 100_000, Array.from({ length: 70 }, (_, i) => i + 1)],
])('at most %s go on in one turn, and the event loop has its own before the next', async (_, bytes, expected) => {
  const turn = createTurn();
  let passed = 0;
  const all = Array.from({ length: 70 }, () => turn(bytes).then(() => passed++));
  const seen: number[] = [];
  while (passed < all.length) {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(passed);
  }
  expect(seen).toEqual(expected);
});
