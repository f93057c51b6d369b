import { describe, expect, test } from 'vitest';
import { documentedPolicy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { rules } from '../../src/rules/index.ts';

const head = { apiVersion: 'endpoints-webhook.io/v1', kind: 'Policy' };
const accepted = (settings: object) => {
  const { policy, findings } = parsePolicy({ ...head, ...settings });
  if (!policy) throw new Error(findings.map(policyFindingText).join('\n'));
  return policy;
};
const refusals = (source: unknown) => parsePolicy(source).findings?.map(policyFindingText);

describe('the documented policy', () => {
  const policy = documentedPolicy();

  test('demands every rule as the document does', () => {
    expect(policy.checks.map(({ rule }) => rule)).toEqual(rules);
    expect(policy.checks.map(({ enforcement }) => enforcement)).toEqual(rules.map(({ enforcement }) => enforcement));
  });

  test('enforces, fills in all defaults and exempts nobody', () =>
    expect(policy).toMatchObject({ mode: 'enforce', defaults: { protocol: true, packSubsets: true }, exempt: [] }));

  test('allows TCP and UDP', () =>
    expect(policy.checks.find(({ rule }) => rule.id === 'protocol')?.prepared).toEqual({ allowed: ['TCP', 'UDP'] }));
});

test('settings are read', () => {
  const exempt = [{ users: ['a*'], groups: ['g'], namespaces: ['n'], rules: ['port-range'] }];
  const policy = accepted({
    mode: 'audit',
    rules: {
      'well-formed': { enforcement: 'deny' },
      'port-range': { enforcement: 'none' },
      protocol: { enforcement: 'warn', allowed: ['SCTP'] },
    },
    defaults: { protocol: { enabled: false }, 'pack-subsets': { enabled: false } },
    exempt,
  });
  expect(policy).toMatchObject({ mode: 'audit', defaults: { protocol: false, packSubsets: false }, exempt });
  const checks = new Map(policy.checks.map(({ rule: { id }, ...check }) => [id, check]));
  expect(checks.has('port-range')).toBe(false);
  expect(checks.get('protocol')).toEqual({ enforcement: 'warn', prepared: { allowed: ['SCTP'] } });
  expect(checks.get('object-name')).toEqual({ enforcement: 'deny', prepared: {} });
  expect(checks.size).toBe(rules.length - 1);
});

const ids = rules.map(({ id }) => id).join(', ');
const tops = 'apiVersion, kind, mode, rules, defaults, exempt';

test.each<[unknown, string[]]>([
  [undefined, ['is missing']],
  [null, ['null is not a map']],
  [[], ['a list is not a map']],
  ['x', ['"x" is not a map']],
  [{}, ['apiVersion: is missing: write endpoints-webhook.io/v1', 'kind: is missing: write Policy']],
  [{ ...head, apiVersion: 'v1' }, ['apiVersion: "v1" is not allowed here: one of endpoints-webhook.io/v1']],
  [{ ...head, kind: 'policy' }, ['kind: "policy" is not allowed here, did you mean Policy? One of Policy']],
  [{ ...head, mode: 'audi' }, ['mode: "audi" is not allowed here, did you mean audit? One of enforce, audit']],
  [{ ...head, mode: null }, ['mode: null is not allowed here: one of enforce, audit']],
  [{ ...head, rule: {} }, [`rule: "rule" is not known here, did you mean rules? One of ${tops}`]],
  [{ ...head, rules: [] }, ['rules: a list is not a map']],
  [
    { ...head, rules: { 'port-rang': {} } },
    [`rules[port-rang]: "port-rang" is not known here, did you mean port-range? One of well-formed, ${ids}`],
  ],
  [{ ...head, rules: { zzz: {} } }, [`rules.zzz: "zzz" is not known here: one of well-formed, ${ids}`]],
  [
    { ...head, rules: { 'well-formed': { enforcement: 'warn' } } },
    ['rules[well-formed].enforcement: "warn" is not allowed here: one of deny'],
  ],
  [
    { ...head, rules: { 'port-range': { enforcement: false } } },
    [
      'rules[port-range].enforcement: false (as YAML reads no and off) is not allowed here: one of deny, warn, audit, none',
    ],
  ],
  [
    { ...head, rules: { 'port-range': { enforcement: 'Deny' } } },
    ['rules[port-range].enforcement: "Deny" is not allowed here, did you mean deny? One of deny, warn, audit, none'],
  ],
  [{ ...head, rules: { 'port-range': 'deny' } }, ['rules[port-range]: "deny" is not a map']],
  [
    { ...head, rules: { 'port-range': { allowed: [] } } },
    ['rules[port-range].allowed: "allowed" is not known here: one of enforcement'],
  ],
  [
    { ...head, rules: { protocol: { alowed: [] } } },
    ['rules.protocol.alowed: "alowed" is not known here, did you mean allowed? One of enforcement, allowed'],
  ],
  [{ ...head, rules: { protocol: { allowed: [] } } }, ['rules.protocol.allowed: a list is empty']],
  [
    { ...head, rules: { protocol: { allowed: ['tcp'] } } },
    ['rules.protocol.allowed[0]: "tcp" is not allowed here, did you mean TCP? One of TCP, UDP, SCTP'],
  ],
  [{ ...head, defaults: { protocol: true } }, ['defaults.protocol: true is not a map']],
  [{ ...head, defaults: { protocol: { enabled: 'yes' } } }, ['defaults.protocol.enabled: "yes" is not true or false']],
  [
    { ...head, defaults: { protokol: {} } },
    ['defaults.protokol: "protokol" is not known here, did you mean protocol? One of protocol, pack-subsets'],
  ],
  [{ ...head, exempt: {} }, ['exempt: an object is not a list']],
  [
    { ...head, exempt: [{ rules: ['port-range'] }] },
    ['exempt[0]: names neither users nor groups nor namespaces, and would exempt everybody'],
  ],
  [{ ...head, exempt: [{ users: [] }] }, ['exempt[0].users: a list is empty']],
  [{ ...head, exempt: [{ users: [''] }] }, ['exempt[0].users[0]: "" is empty']],
  [{ ...head, exempt: [{ users: 'me' }] }, ['exempt[0].users: "me" is not a list']],
  [
    { ...head, exempt: [{ users: ['a'], user: 1 }] },
    ['exempt[0].user: "user" is not known here, did you mean users? One of users, groups, namespaces, rules'],
  ],
  [
    { ...head, exempt: [{ users: ['a'], rules: ['well-formed'] }] },
    [`exempt[0].rules[0]: "well-formed" is not allowed here: one of ${ids}`],
  ],
  [
    JSON.parse('{"apiVersion":"endpoints-webhook.io/v1","kind":"Policy","__proto__":{}}'),
    [`__proto__: "__proto__" is not known here: one of ${tops}`],
  ],
])('%j is refused', (source, expected) => expect(refusals(source)).toEqual(expected));

test('a finding tells a wrong key from a wrong value', () => {
  const { findings } = parsePolicy({ ...head, mood: 1, mode: 1 });
  expect(findings?.map(({ path, key }) => [path, key])).toEqual([
    [['mode'], undefined],
    [['mood'], true],
  ]);
});
