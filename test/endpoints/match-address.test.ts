import { expect, test } from 'vitest';
import { parseAddress } from '../../src/endpoints/address.ts';
import { createEmbeddedReader } from '../../src/endpoints/embedded-ipv4.ts';
import { matchAddress } from '../../src/endpoints/match-address.ts';
import { parseNetwork } from '../../src/endpoints/network.ts';

const networks = ['10.0.0.0/8', '64:ff9b::a01:0/112'].map(parseNetwork);

const find = (address: Parameters<(typeof networks)[number]['contains']>[0]) => {
  const found = networks.find(({ contains }) => contains(address));
  return found && `is inside ${found.text}`;
};

test.each([
  ['10.1.2.3', 'is inside 10.0.0.0/8'],
  ['11.1.2.3', undefined],
  ['64:ff9b::10.2.2.3', 'contains 10.2.2.3, which is inside 10.0.0.0/8'],
  ['64:ff9b::10.1.2.3', 'is inside 64:ff9b::a01:0/112'], // the address itself comes first
  ['64:ff9b::11.1.2.3', undefined],
  ['2001:db8::1', undefined],
  ['db.example.com', undefined],
])('%s: %s', (text, problem) => {
  expect(matchAddress(parseAddress(text), find, createEmbeddedReader([]))?.problem).toBe(problem);
});
