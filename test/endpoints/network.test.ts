import { expect, test } from 'vitest';
import { parseAddress } from '../../src/endpoints/address.ts';
import { parseNetwork } from '../../src/endpoints/network.ts';

test.each([
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::']],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0', '::10.0.0.0', 'a00::']],
  ['128.0.0.0/1', ['128.0.0.0', '255.255.255.255'], ['127.255.255.255']],
  ['224.0.0.0/24', ['224.0.0.255'], ['224.0.1.0']],
  ['0.0.0.0/32', ['0.0.0.0'], ['0.0.0.1', '::']],
  ['::/0', ['::', 'ffff:ffff::'], ['0.0.0.0']],
  ['::1/128', ['::1', '0:0::0:1'], ['::', '::2', '1::1']],
  ['fe80::/10', ['fe80::', 'febf:ffff::1'], ['fe7f:ffff::', 'fec0::']],
  ['2001:db8:1:8000::/49', ['2001:db8:1:8000::1', '2001:db8:1:ffff::'], ['2001:db8:1:7fff::', '2001:db8:2:8000::']],
])('%s', (text, inside, outside) => {
  const network = parseNetwork(text);
  const contains = (address: string) =>
    network.contains(parseAddress(address) as NonNullable<ReturnType<typeof parseAddress>>);
  expect(network.text).toBe(text);
  expect([inside.map(contains), outside.map(contains)]).toEqual([inside.map(() => true), outside.map(() => false)]);
});

test.each([
  ...[
    '',
    '10.0.0.0',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    '10.0.0.0/x',
    '10.0.0/8',
    '010.0.0.0/8',
    '10/8',
  ],
  ...[
    '::/129',
    '[::]/0',
    'fe80::%eth0/10',
    ' 10.0.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0.0/8\n',
    '10.0.0.0/8/8',
    '::ffff:0:0/96',
    'x/8',
  ],
])('%j is no network', (text) => expect(() => parseNetwork(text)).toThrow(`${JSON.stringify(text)} is not a network`));

test.each([
  ['10.0.0.1/8', '10.0.0.0/8'],
  ['2001:db8::1/32', '2001:db8::/32'],
])('%s has bits beyond its prefix', (text, better) => expect(() => parseNetwork(text)).toThrow(`write ${better}`));
