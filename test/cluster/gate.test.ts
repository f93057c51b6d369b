import { expect, test } from 'vitest';
import { createGate } from '../../src/cluster/gate.ts';

test('so many go on at once, and those who wait have turns by who asks', async () => {
  const gate = createGate(2);
  const order: string[] = [];
  let [running, most] = [0, 0];
  const work = (name: string) => async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    order.push(name);
    running--;
  };
  const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'b2'].map((name) => gate(name.charAt(0), work(name)));
  await Promise.all(all);
  expect(most).toBe(2);
  expect(order).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
});

test('what fails lets the next go on', async () => {
  const gate = createGate(1);
  const failing = gate('a', () => Promise.reject(new Error('no')));
  const next = gate('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
