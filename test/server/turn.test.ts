import { expect, test } from 'vitest';
import { createTurn, others } from '../../src/server/turn.ts';

test('what waits for the same turn takes each step together, in the order in which it came', async () => {
  const turn = createTurn();
  const steps: string[] = [];
  const takeSteps = async (name: string) => {
    await turn();
    steps.push(`${name} judged`);
    await others;
    steps.push(`${name} answered`);
  };
  await Promise.all(['a', 'b', 'c'].map(takeSteps));
  expect(steps).toEqual(['a judged', 'b judged', 'c judged', 'a answered', 'b answered', 'c answered']);
});

test('at most 32 go on in one turn, and the event loop has its own before the next', async () => {
  const turn = createTurn();
  let passed = 0;
  const all = Array.from({ length: 70 }, () => turn().then(() => passed++));
  const seen: number[] = [];
  while (passed < all.length) {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(passed);
  }
  expect(seen).toEqual([32, 64, 70]);
});
