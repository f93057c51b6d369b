import { describe, expect, test } from 'vitest';
import { formatIPv4, parseAddress } from '../../src/endpoints/address.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../../src/endpoints/embedded-ipv4.ts';

function embeddedIn(text: string, nat64: readonly string[] = []): readonly string[] {
  const address = parseAddress(text);
  if (address?.family !== 'IPv6') throw new Error(`${text} is no IPv6 address`);
  return createEmbeddedReader(nat64.map(parseNat64Prefix))(address).map(formatIPv4);
}

test.each<[string, string[]]>([
  ['::127.0.0.1', ['127.0.0.1']],
  ['::169.254.169.254', ['169.254.169.254']],
  ['::0.1.2.3', ['0.1.2.3']],
  ['::0.1.0.0', ['0.1.0.0']],
  ['::0.0.255.255', []],
  ['::1', []],
  ['::ffff:0:127.0.0.1', ['127.0.0.1']],
  ['64:ff9b::169.254.0.1', ['169.254.0.1']],
  ['2002:7f00:1::', ['127.0.0.1']],
  ['2002:7f00:1:2:3:4:5:6', ['127.0.0.1']],
  ['2002:1::', ['0.1.0.0']],
  ['2001:db8:5efe::127.0.0.1', []],
  ['2001:db8:0:0:0:5efe:127.0.0.1', ['127.0.0.1']],
  ['fe80::200:5efe:255.255.255.255', ['255.255.255.255']],
  ['2002:a00:1::5efe:127.0.0.1', ['10.0.0.1', '127.0.0.1']],
  ['2001:0:a9fe:a9fe::f5ff:fffe', ['169.254.169.254', '10.0.0.1']], // Teredo
  ['2001::80ff:fffe', ['127.0.0.1']],
  ['64:ff9b:2::1.2.3.4', []],
  ['64:ff9b:0:1::1.2.3.4', []],
  ['64:ff9b::1:0:1.2.3.4', []],
  ['2001:db8::7f00:1', []],
  ['2003:7f00:1::', []],
  ['::1:0:127.0.0.1', []],
  ['::1:ffff:127.0.0.1', []],
  ['::ffff:1:127.0.0.1', []],
  ['0:0:0:1::127.0.0.1', []],
])('%s contains %s', (text, embedded) => expect(embeddedIn(text)).toEqual(embedded));

describe('behind 64:ff9b:1::/48', () => {
  test.each<[string, string, string[]]>([
    ['96 bits', '64:ff9b:1::10.1.2.3', ['10.1.2.3']],
    ['96 bits, of any subnet', '64:ff9b:1:2:3:4:a01:203', ['10.1.2.3', '3.0.4.10', '2.3.0.4']],
    ['64 bits', '64:ff9b:1:0:a:102:300:0', ['3.0.0.0', '10.1.2.3']],
    ['56 bits', '64:ff9b:1:a:1:203::', ['1.2.3.0', '10.1.2.3']],
    ['48 bits', '64:ff9b:1:a01:2:300::', ['2.3.0.0', '1.2.3.0', '10.1.2.3']],
    ['48 bits, and more', '64:ff9b:1:a01:2:3ff:ffff:ffff', ['255.255.255.255', '2.3.255.255', '1.2.3.255', '10.1.2.3']],
    ['48 bits, and byte 8', '64:ff9b:1:a01:ff02:300::', ['2.3.0.0', '1.2.3.0', '10.1.2.3']],
    ['nothing', '64:ff9b:1::', ['0.0.0.0', '0.0.0.0', '0.0.0.0', '0.0.0.0']],
    ['no more than zeros', '64:ff9b:1::1', ['0.0.0.1', '0.0.0.0', '0.0.0.0', '0.0.0.0']],
  ])('%s', (_, text, embedded) => expect(embeddedIn(text)).toEqual(embedded));
});

// The examples of RFC 6052, section 2.4: 192.0.2.33 behind each length.
test.each([
  ['2001:db8::/32', '2001:db8:c000:221::'],
  ['2001:db8:100::/40', '2001:db8:1c0:2:21::'],
  ['2001:db8:122::/48', '2001:db8:122:c000:2:2100::'],
  ['2001:db8:122:300::/56', '2001:db8:122:3c0:0:221::'],
  ['2001:db8:122:344::/64', '2001:db8:122:344:c0:2:2100::'],
  ['2001:db8:122:344::/96', '2001:db8:122:344::192.0.2.33'],
  ['2001:db8::/44', '2001:db8:2:c000:2:2100::'],
  ['2001:db8::/32', '2001:db8:122:344::192.0.2.33'],
])('behind a prefix of %s: %s', (prefix, text) => {
  expect(embeddedIn(text, [prefix])).toContain('192.0.2.33');
  expect(embeddedIn(text)).toEqual([]);
  expect(embeddedIn(text.replace('2001:', '2003:'), [prefix])).toEqual([]);
});

test('of prefixes inside each other the outer one counts, however it is written', () => {
  const prefixes = ['2001:db8:122:344::/96', '2001:db8::/32', '2001:DB8::/32', '64:ff9b::/64'];
  expect(embeddedIn('2001:db8:c000:221::', prefixes)).toContain('192.0.2.33');
  expect(embeddedIn('64:ff9b::192.0.2.33', prefixes)).toContain('192.0.2.33');
});

test.each([
  ['10.0.0.0/8', 'write an IPv6 network with a prefix from 32 to 96'],
  ['2001:db9::/31', 'has bits set beyond its prefix'],
  ['2001:db8::/31', 'write an IPv6 network with a prefix from 32 to 96'],
  ['2001:db8::/97', 'write an IPv6 network with a prefix from 32 to 96'],
  ['2001:db8::', 'write 2001:db8::/128'],
])('%s is no NAT64 prefix', (text, problem) => expect(() => parseNat64Prefix(text)).toThrow(problem));
