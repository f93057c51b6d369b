import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, addressKey, parseAddress } from '../../src/endpoints/address.ts';
import { AddressTable, type Held } from '../../src/state/address-table.ts';

interface Named extends Held {
  readonly name: string;
}

const texts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1', 'fd00::2'];
const addresses = texts.map((text): Address => parseAddress(text) ?? { family: 'IPv4', value: 0 });
const held = (name: string, ...picks: number[]): Named => ({
  name,
  keys: [...new Set(picks)].map((pick) =>
    addressKey(addresses[pick % addresses.length] ?? { family: 'IPv4', value: 0 }),
  ),
});

function idOf(text: string) {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

type Step =
  | { readonly do: 'put'; readonly id: string; readonly held: readonly Named[] }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'begin' | 'end' };

const id = fc.constantFrom('a/a', 'a/b', 'b/a', '__proto__/a');
const one = fc.tuple(fc.constantFrom('x', 'y'), fc.array(fc.nat(4), { maxLength: 3 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    id,
    held: fc.array(
      one.map(([name, picks]) => held(name, ...picks)),
      { maxLength: 2 },
    ),
  }),
  fc.record({ do: fc.constant('remove' as const), id }),
  fc.record({ do: fc.constantFrom('begin' as const, 'end' as const) }),
);

/** What it has to be, without an index: objects, and which of them a list has named since it began. */
function createModel() {
  const objects = new Map<string, readonly Named[]>();
  const named = new Set<string>();
  return {
    objects,
    apply(step: Step) {
      if (step.do === 'put') objects.set(step.id, step.held);
      if (step.do === 'put') named.add(step.id);
      if (step.do === 'remove') objects.delete(step.id);
      if (step.do === 'begin') named.clear();
      if (step.do === 'end') for (const id of objects.keys()) if (!named.has(id)) objects.delete(id);
    },
    at: (address: Address) => [...objects.values()].flat().filter(({ keys }) => keys.includes(addressKey(address))),
  };
}

function applyTo(table: AddressTable<Named>, step: Step): void {
  if (step.do === 'put') table.put(idOf(step.id), step.held);
  else if (step.do === 'remove') table.remove(idOf(step.id));
  else table[step.do]();
}

const sorted = (all: Iterable<Named>) => [...all].map((one) => JSON.stringify(one)).sort();

test('after any writes, removals and lists it holds what a naive table holds', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [table, model] = [new AddressTable<Named>(), createModel()];
      for (const step of steps) {
        applyTo(table, step);
        model.apply(step);
        for (const address of addresses) expect(sorted(table.at(address))).toEqual(sorted(model.at(address)));
      }
      expect(sorted(table)).toEqual(sorted([...model.objects.values()].flat()));
      expect(table.size).toBe([...model.objects.values()].filter((one) => one.length > 0).length);
    }),
    { numRuns: 1000 },
  ));

test('an object that is written again as it was keeps its entries: whoever remembers one knows it again', () => {
  const [table, [address]] = [new AddressTable<Named>(), addresses];
  if (!address) return expect.unreachable();
  table.put(idOf('x/a'), [held('x', 0)]);
  const before = table.at(address)[0];
  table.put(idOf('x/a'), [held('x', 0)]);
  expect(table.at(address)[0]).toBe(before);
  table.put(idOf('x/a'), [held('y', 0)]);
  expect(table.at(address)).toEqual([held('y', 0)]);
});

test('an IPv6 address is not taken for another, whatever of it is looked up first', () => {
  const table = new AddressTable<Named>();
  const ipv6 = (i: number): Address => ({
    family: 'IPv6',
    hextets: [0xfd00, Math.imul(i, 0x9e37) & 0xffff, 0, i & 0xffff, 0, 0, i >>> 16, Math.imul(i, 0x85eb) & 0xffff],
  });
  for (let i = 0; i < 50_000; i++)
    table.put({ namespace: 'x', name: `${i}` }, [{ name: 'x', keys: [addressKey(ipv6(i))] }]);
  const found = Array.from({ length: 400_000 }, (_, i) => table.at(ipv6(50_000 + i)).length);
  expect(found.filter((length) => length > 0)).toEqual([]);
  expect(table.at(ipv6(49_999))).toHaveLength(1);
});

describe('onceHeld', () => {
  const waitIn = (table: AddressTable<Named>, pick: number) => {
    const [told, address]: [number[], Address | undefined] = [[], addresses[pick]];
    if (!address) throw new Error('no such address');
    return { told, end: table.onceHeld(address, () => told.push(pick)) };
  };

  test('calls once, when somebody has the address, whoever else waits', () => {
    const table = new AddressTable<Named>();
    const [first, second, other] = [waitIn(table, 0), waitIn(table, 0), waitIn(table, 3)];
    table.put(idOf('x/a'), [held('x', 1)]);
    expect([first, second, other].map(({ told }) => told)).toEqual([[], [], []]);
    table.put(idOf('x/a'), [held('x', 1, 0)]);
    expect([first, second, other].map(({ told }) => told)).toEqual([[0], [0], []]);
    table.remove(idOf('x/a'));
    table.put(idOf('x/a'), [held('x', 0, 3)]);
    expect([first, second, other].map(({ told }) => told)).toEqual([[0], [0], [3]]);
  });

  test('does not call who has stopped waiting, and goes on for the others', () => {
    const table = new AddressTable<Named>();
    const [first, second] = [waitIn(table, 0), waitIn(table, 0)];
    first.end();
    first.end();
    table.put(idOf('x/a'), [held('x', 0)]);
    second.end();
    expect([first.told, second.told]).toEqual([[], [0]]);
    const third = waitIn(table, 0);
    second.end();
    table.put(idOf('x/b'), [held('y', 0)]);
    expect(third.told).toEqual([0]);
  });

  test('a call may ask for the address: it is held by then, all of it', () => {
    const table = new AddressTable<Named>();
    const seen: number[] = [];
    for (const address of addresses.slice(0, 2))
      table.onceHeld(address, () => seen.push(...addresses.slice(0, 2).map((one) => table.at(one).length)));
    table.put(idOf('x/a'), [held('x', 0, 1)]);
    expect(seen).toEqual([1, 1, 1, 1]);
  });
});
