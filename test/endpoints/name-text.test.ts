import { expect, test } from 'vitest';
import { isAddressToSome, labelsOf } from '../../src/endpoints/name-text.ts';

test.each([
  ...['127.1', '0xa9.0xfea9fe', '0XA9.0XFEA9FE', '0251.0376.0251.0376', '2130706433', '0x7f000001', '127.0x'],
  ...['169.254.169.254.', '1.2.3.4.5', 'db.example.09', '127.1 ', '127.1..'],
  // Full-width digits, full stops of other scripts, mathematical digits
  ...['１２７.1', '１２７．１', '127。1', '127｡1', '𝟏𝟐𝟕.𝟏', '1.０ｘ7f'],
  ...['::1', '[::1]', '::ffff:a9fe:a9fe', 'fe80::1%eth0', 'db.example.com:80'],
  ...[
    '127%2e1',
    '127.0.0%2E1',
    '169.254.169.254/',
    'a@169.254.169.254/b',
    '127.1?',
    '127.1#',
    '127.1\\',
    '127.\u00ad1',
    '127.1\u200b',
  ],
  `${'0'.repeat(100_000)}177.1`,
  `db.${'0'.repeat(100_000)}1`,
])('%.40s is an address to some program', (name) => expect(isAddressToSome(name)).toBe(true));

test.each([
  ...['', '.', '..', 'db.example.com', 'db.example.com.', 'localhost', '1.2.3.example', '1.2.3.4.in-addr.arpa'],
  ...['db.4example', '0xg', 'db.example.0xfg', '0x-', '1.2.3.4-', 'xn--1', '١.٢.٣.٤', 'x'.repeat(100_000)],
])('%.40s is an address to nobody', (name) => expect(isAddressToSome(name)).toBe(false));

test.each([
  ['DB.Example.COM.', ['db', 'example', 'com']],
  ['ｌｏｃａｌｈｏｓｔ', ['localhost']],
  ['local\u00adhost\ufe0f', ['localhost']],
  ['db。localhost', ['db', 'localhost']],
  ['...', []],
  ['', []],
])('%s has labels', (name, labels) => expect(labelsOf(name)).toEqual(labels));

test('of a name that nobody resolves the end is read', () =>
  expect(labelsOf(`${'a.'.repeat(1_000_000)}com`)).toHaveLength(150));
