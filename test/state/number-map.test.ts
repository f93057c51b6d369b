import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberMap } from '../../src/state/number-map.ts';

const key = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -40, max: 40 }).map((i) => i * 65_536),
  fc.integer(),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);
const step = fc.record({ key, value: fc.option(fc.nat(9), { nil: undefined }) });

test('it holds what a Map holds, whatever is set and deleted', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const [map, model] = [new NumberMap<number>(), new Map<number, number>()];
      for (const { key, value } of steps) {
        if (value === undefined) model.delete(key);
        else model.set(key, value);
        if (value === undefined) map.delete(key);
        else map.set(key, value);
        expect(map.size).toBe(model.size);
        for (const one of steps) expect(map.get(one.key)).toBe(model.get(one.key));
      }
    }),
    { numRuns: 500 },
  ));

test('it grows, and what is deleted again leaves no trace', () => {
  const map = new NumberMap<number>();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 50_000; i++) map.set((0x0a000000 + 7 * i) | 0, i);
    for (let i = 0; i < 50_000; i += 97) expect(map.get((0x0a000000 + 7 * i) | 0)).toBe(i);
    for (let i = 0; i < 50_000; i++) map.delete((0x0a000000 + 7 * i) | 0);
    for (let i = 0; i < 50_000; i += 97) expect(map.get((0x0a000000 + 7 * i) | 0)).toBeUndefined();
  }
});
