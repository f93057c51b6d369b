import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/endpoints/address.ts';
import { formatAddress, parseNetwork } from '../../src/endpoints/network.ts';
import { quote } from '../../src/endpoints/quote.ts';

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

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
  const contains = (address: string) => network.contains(addressOf(address));
  expect(network.text).toBe(text);
  expect([inside.map(contains), outside.map(contains)]).toEqual([inside.map(() => true), outside.map(() => false)]);
});

test.each([
  ...[
    '',
    '10.0.0.0',
    '::1',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/8.0',
    '10.0.0.0/x',
    '10.0.0.0/08',
    '10.0.0.0/033',
    '10.0.0.0/1e1',
    '10.0.0.0/0x8',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    '010.0.0.0/8',
    '10/8',
  ],
  ...[
    '::/129',
    '::/0128',
    '::/1000',
    '[::]/0',
    'fe80::%eth0/10',
    ' 10.0.0.0/8',
    '10.0.0.0 /8',
    '10.0.0.0/ 8',
    '10.0.0.0/8 ',
    '10.0.0.0/8\n',
    '10.0.0.0/8/8',
    '::ffff:0:0/96',
    '::ffff:10.0.0.0/104',
    'x/8',
    '١٠.0.0.0/8',
    '10.0.0.0/٨',
  ],
])('%j is no network', (text) => expect(() => parseNetwork(text)).toThrow(`${quote(text)} is not a network`));

test.each([
  ['10.0.0.1/8', '10.0.0.0/8'],
  ['255.255.255.255/0', '0.0.0.0/0'],
  ['255.255.255.255/31', '255.255.255.254/31'],
  ['2001:db8::1/32', '2001:db8::/32'],
  ['ffff::/0', '::/0'],
])('%s has bits beyond its prefix', (text, better) => expect(() => parseNetwork(text)).toThrow(`write ${better}`));

test.each([
  ['10.0.0.0', 'write 10.0.0.0/32 for this one address'],
  ['2001:db8::1', 'write 2001:db8::1/128 for this one address'],
  ['10.0.0.0/33', 'write a prefix from 0 to 32'],
  ['::/-1', 'write a prefix from 0 to 128'],
  ['::ffff:10.0.0.0/104', 'it is an IPv4 network written as IPv6, write 10.0.0.0/8'],
  ['::FFFF:a00:1/128', 'it is an IPv4 network written as IPv6, write 10.0.0.1/32'],
  ['::ffff:0:0/96', 'it is an IPv4 network written as IPv6, write 0.0.0.0/0'],
  ['::ffff:10.0.0.1/64', 'it is an IPv4 network written as IPv6, write 10.0.0.1/32'],
  ['ten', 'such as 10.0.0.0/8 or 2001:db8::/32'],
])('%s: %s', (text, advice) => expect(() => parseNetwork(text)).toThrow(advice));

test.each([
  ['::1.2.3.4/128', '::102:304', '1.2.3.4'],
  ['::1.2.3.0/120', '::1.2.3.255', '::2.2.3.0'],
  ['64:ff9b::/96', '64:ff9b::10.0.0.1', '10.0.0.1'],
])('%s is IPv6, whatever ipaddr.js takes it for', (text, inside, outside) => {
  const contains = (address: string) => parseNetwork(text).contains(addressOf(address));
  expect([contains(inside), contains(outside)]).toEqual([true, false]);
});

test('IPv6 is printed as RFC 5952 has it, wherever its zeros stand', () => {
  for (const digit of ['1', 'ab', 'ffff'])
    for (let zeros = 0; zeros < 256; zeros++) {
      const text = Array.from({ length: 8 }, (_, i) => ((zeros >> i) & 1 ? '0' : digit)).join(':');
      const hextets = text.split(':').map((hextet) => Number.parseInt(hextet, 16));
      const { hostname } = new URL(`http://[${text}]/`);
      expect(`[${formatAddress({ family: 'IPv6', hextets })}]`, text).toBe(hostname);
    }
});
