import { expect, test } from 'vitest';
import { parseAddress } from '../../src/endpoints/address.ts';
import { NetworkTable } from '../../src/state/network-table.ts';

const idOf = (name: string) => ({ namespace: '', name });

function find(table: NetworkTable, text: string): string | undefined {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return table.find(address);
}

function tableOf(...texts: readonly string[]): NetworkTable {
  const table = new NetworkTable();
  table.put(idOf('one'), texts);
  return table;
}

test.each([
  ['10.1.0.0/16', '10.1.2.3', true],
  ['10.1.0.0/16', '10.2.0.0', false],
  ['10.1.2.3/16', '10.1.255.255', true],
  ['10.1.2.3/32', '10.1.2.3', true],
  ['0.0.0.0/0', '203.0.113.5', true],
  ['0.0.0.0/0', '2001:db8::5', false],
  ['::/0', '2001:db8::5', true],
  ['fd00:1::5/48', 'fd00:1::9', true],
  ['010.001.000.000/016', '10.1.2.3', true],
  ['::ffff:10.1.0.0/112', '10.1.2.3', true],
  ['::ffff:10.1.0.0/95', '10.1.2.3', false],
  ['10.1.0.0/33', '10.1.0.0', false],
  ['fd00::/129', 'fd00::', false],
  ['10.1.0.0', '10.1.0.0', false],
  ['10.1.0.0/', '10.1.0.0', false],
  ['10.1.0.0/16/8', '10.1.0.0', true],
  ['10.1.0.0/-1', '10.1.0.0', false],
  ['10.1.0.0/1e1', '10.1.0.0', false],
  ['/16', '10.1.0.0', false],
  ['10.1.0.0/16,10.2.0.0/16', '10.1.0.0', false],
  [' 10.1.0.0/16', '10.1.0.0', false],
])('the network %j and the address %s: %s', (text, address, isInside) => {
  expect(find(tableOf(text), address)).toBe(isInside ? text : undefined);
});

test('the smallest network is named, as it is written', () => {
  const table = tableOf('10.0.0.0/8', '10.1.2.3/16', 'x');
  expect([find(table, '10.1.9.9'), find(table, '10.2.9.9')]).toEqual(['10.1.2.3/16', '10.0.0.0/8']);
  expect(table.texts).toEqual(['10.0.0.0/8', '10.1.2.3/16', 'x']);
});

test('what objects name changes with them: written, removed, not listed any more', () => {
  const table = new NetworkTable();
  const isKnown = () => ['10.1.0.0', '10.2.0.0'].map((text) => find(table, text) !== undefined);
  table.put(idOf('a'), ['10.1.0.0/16']);
  table.put(idOf('b'), ['10.1.0.0/16']);
  expect(isKnown()).toEqual([true, false]);
  table.put(idOf('b'), ['10.2.0.0/16']);
  expect(isKnown()).toEqual([true, true]);
  table.put(idOf('c'), ['10.1.0.0/16,10.2.0.0/16']);
  expect(isKnown()).toEqual([true, true]);
  table.remove(idOf('a'));
  expect(isKnown()).toEqual([false, true]);
  table.put(idOf('c'), ['10.1.0.0/16', '10.2.0.0/16']);
  expect(isKnown()).toEqual([true, true]);
  table.begin();
  table.put(idOf('b'), ['10.2.0.0/16']);
  expect(isKnown()).toEqual([true, true]);
  table.end();
  expect([isKnown(), table.size]).toEqual([[false, true], 1]);
  table.put(idOf('b'), []);
  expect(isKnown()).toEqual([false, false]);
});
