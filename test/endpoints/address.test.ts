import { describe, expect, test } from 'vitest';
import { type Address, addressKey, embeddedIPv4, formatIPv4, parseAddress } from '../../src/endpoints/address.ts';

function parsed(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is refused`);
  return address;
}

function parsedIPv6(text: string) {
  const address = parsed(text);
  if (address.family !== 'IPv6') throw new Error(`${text} is no IPv6 address`);
  return address;
}

describe('parseAddress', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.9.8.7', 0x0a090807],
    ['127.255.255.255', 0x7fffffff],
    ['128.0.0.0', 0x80000000],
    ['255.255.255.255', 0xffffffff],
  ])('reads IPv4 %s', (text, value) => expect(parseAddress(text)).toEqual({ family: 'IPv4', value }));

  test.each<[string, number[]]>([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::2:3:4:5:6:7:8', [0, 2, 3, 4, 5, 6, 7, 8]],
    ['1::3:4:5:6:7:8', [1, 0, 3, 4, 5, 6, 7, 8]],
    ['2001:DB8::aBcD', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xabcd]],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['64:ff9b::10.1.2.3', [0x64, 0xff9b, 0, 0, 0, 0, 0x0a01, 0x0203]],
    ['1:2:3:4:5:6:255.255.255.255', [1, 2, 3, 4, 5, 6, 0xffff, 0xffff]],
    ['0000:0000:0000:0000:0001:ffff:255.255.255.255', [0, 0, 0, 0, 1, 0xffff, 0xffff, 0xffff]],
    ['::ffff:0:1.2.3.4', [0, 0, 0, 0, 0xffff, 0, 0x0102, 0x0304]],
    ['::1:ffff:1.2.3.4', [0, 0, 0, 0, 1, 0xffff, 0x0102, 0x0304]],
  ])('reads IPv6 %s', (text, hextets) => expect(parseAddress(text)).toEqual({ family: 'IPv6', hextets }));

  test.each([
    ...[
      '',
      ' ',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.',
      '.1.2.3',
      '1..2.3',
      '1.2.3.4.',
      '256.0.0.1',
      '1.2.3.256',
      '1.2.3.1000',
    ],
    ...[
      '010.1.2.3',
      '0177.0.0.1',
      '00.0.0.0',
      '1.2.3.04',
      '127.1',
      '0x7f.0.0.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
    ],
    ...[
      '-1.2.3.4',
      '+1.2.3.4',
      '1e1.2.3.4',
      '1,2,3,4',
      '1.2.3.a',
      '１.2.3.4',
      '1.2.3.٤',
      '1。2。3。4',
      '1.2.3.4\0',
      '10.0.0.1/32',
    ],
    ...[
      ' 1.2.3.4',
      '1.2.3.4 ',
      '1.2.3.4\n',
      '\t::1',
      '::1\r',
      '1.2. 3.4',
      ': :1',
      '1.2.3.4\u00a0',
      'localhost',
      'example.com',
    ],
    ...[
      ':',
      ':1',
      '1:',
      ':::',
      '1:::2',
      '::1::',
      '1::2::3',
      ':1:2:3:4:5:6:7',
      ':1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7:',
      '1:2:3:4:5:6:7:8:',
    ],
    ...[
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '::1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7:8::',
      '1:2:3:4::5:6:7:8',
      '00001::',
      '::12345',
      '::g',
      '::-1',
    ],
    ...[
      'fe80::1%eth0',
      '::1%',
      '[::1]',
      '[::1]:80',
      '1.2.3.4:80',
      '::1/128',
      '::1.2.3',
      '::1.2.3.4.5',
      '::01.2.3.4',
      '::1.2.3.256',
      '::a.2.3.4',
    ],
    ...[
      '1:2:3:4:5:6:7:1.2.3.4',
      '1:2:3:4:5:6:7:8.1.2.3',
      '::1.2.3.4:5',
      '1.2.3.4::',
      '::.1.2.3',
      '1:2:3:4:5:1.2.3.4',
      '::0x1',
      '0::0x7f.0.0.1',
    ],
    ...[
      '::ffff:10.1.2.3',
      '::ffff:a01:203',
      '::FFFF:0:0',
      '0:0:0:0:0:ffff:1:2',
      '0000:0000:0000:0000:0000:ffff:255.255.255.255',
    ],
    ...['1'.repeat(100), `::${'0'.repeat(44)}`, `${'1:'.repeat(50)}1`],
  ])('refuses %j', (text) => expect(parseAddress(text)).toBeUndefined());
});

test.each([
  ['2001:db8::1', '2001:DB8:0:0:0:0:0:0001', true],
  ['64:ff9b::10.1.2.3', '64:ff9b::a01:203', true],
  ['1::', '0:1::', false],
  ['::10.1.2.3', '10.1.2.3', false],
  ['1:23::', '12:3::', false],
])('addressKey: %s and %s are the same: %s', (one, other, same) =>
  expect(addressKey(parsed(one)) === addressKey(parsed(other))).toBe(same),
);

test.each(['0.0.0.0', '127.0.0.1', '128.0.0.0', '255.254.253.252'])('formatIPv4 writes %s', (text) => {
  const address = parsed(text);
  expect(address.family === 'IPv4' && formatIPv4(address.value)).toBe(text);
});

describe('embeddedIPv4', () => {
  test.each([
    ['::127.0.0.1', '127.0.0.1'],
    ['::169.254.169.254', '169.254.169.254'],
    ['::ffff:0:127.0.0.1', '127.0.0.1'],
    ['64:ff9b::169.254.0.1', '169.254.0.1'],
    ['64:ff9b:1::10.1.2.3', '10.1.2.3'],
    ['64:ff9b:1:2:3:4:a01:203', '10.1.2.3'],
    ['2002:7f00:1::', '127.0.0.1'],
    ['2002:7f00:1:2:3:4:5:6', '127.0.0.1'],
    ['2001:db8:5efe::127.0.0.1', undefined],
    ['2001:db8:0:0:0:5efe:127.0.0.1', '127.0.0.1'],
    ['fe80::200:5efe:255.255.255.255', '255.255.255.255'],
    ['64:ff9b:2::1.2.3.4', undefined],
    ['64:ff9b:0:1::1.2.3.4', undefined],
    ['64:ff9b::1:0:1.2.3.4', undefined],
    ['2001:db8::7f00:1', undefined],
    ['2003:7f00:1::', undefined],
    ['::1:0:127.0.0.1', undefined],
    ['::1:ffff:127.0.0.1', undefined],
    ['::ffff:1:127.0.0.1', undefined],
    ['0:0:0:1::127.0.0.1', undefined],
  ])('%s contains %s', (text, embedded) => {
    const value = embeddedIPv4(parsedIPv6(text));
    expect(value === undefined ? undefined : formatIPv4(value)).toBe(embedded);
  });

  test('reads IPv4-mapped, which the parser refuses', () =>
    expect(embeddedIPv4({ family: 'IPv6', hextets: [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1] })).toBe(0x7f000001));
});
