import { expect, test } from 'vitest';
import { type Exemption, isExempt } from '../../src/policy/exemption.ts';
import { matchesPattern } from '../../src/rules/pattern.ts';

const requester = { user: 'system:serviceaccount:shop:bot', groups: ['system:serviceaccounts', 'dev'] };
const bot: Exemption = { users: ['system:serviceaccount:shop:*'] };

test.each<[string, Exemption[], boolean]>([
  ['nobody', [], false],
  ['a user', [bot], true],
  ['another user', [{ users: ['system:serviceaccount:shop'] }], false],
  ['one of several users', [{ users: ['me', 'system:*'] }], true],
  ['a group', [{ groups: ['dev'] }], true],
  ['a group where a user of that name asks', [{ groups: [requester.user] }], false],
  ['a user named as a group', [{ users: ['dev'] }], false],
  ['another group', [{ groups: ['de'] }], false],
  ['a namespace', [{ namespaces: ['kube-*', 'sh*p'] }], true],
  ['another namespace', [{ namespaces: ['kube-*'] }], false],
  ['all conditions', [{ ...bot, groups: ['dev'], namespaces: ['shop'] }], true],
  ['all conditions but the namespace', [{ ...bot, groups: ['dev'], namespaces: ['x'] }], false],
  ['all conditions but the group', [{ ...bot, groups: ['x'], namespaces: ['shop'] }], false],
  ['this rule', [{ ...bot, rules: ['protocol', 'port-range'] }], true],
  ['another rule', [{ ...bot, rules: ['protocol'] }], false],
  ['by the second exemption', [{ users: ['me'] }, { ...bot, rules: ['port-range'] }], true],
  [
    'not by two halves',
    [
      { ...bot, namespaces: ['x'] },
      { users: ['me'], namespaces: ['shop'] },
    ],
    false,
  ],
])('exempts %s', (_, exempt, expected) => {
  expect(isExempt(exempt, 'port-range', requester, 'shop')).toBe(expected);
  expect(isExempt(exempt, 'well-formed', requester, 'shop')).toBe(false);
});

test('someone without groups is in no group', () =>
  expect(isExempt([{ groups: ['*'] }], 'port-range', { user: 'a', groups: [] }, 'x')).toBe(false));

test.each([
  ['a', 'a', true],
  ['a', 'A', false],
  ['a', 'ab', false],
  ['ab', 'a', false],
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything:at/all\n', true],
  ['**', 'x', true],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*a', 'aaba', true],
  ['*a', 'ab', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXcYb', false],
  ['*ab*ab', 'ab', false],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['[a]', 'a', false],
  ['(a|b)', 'a', false],
  ['a', '*', false],
  [`${'*a'.repeat(20)}*b`, 'a'.repeat(200), false],
])('pattern %s and %j: %s', (pattern, text, expected) => expect(matchesPattern(pattern, text)).toBe(expected));
