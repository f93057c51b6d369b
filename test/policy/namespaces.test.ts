import { describe, expect, test } from 'vitest';
import { checksFor, type Policy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { judge } from '../../src/review/judge.ts';
import { review } from '../../src/review/review.ts';
import { rules } from '../../src/rules/index.ts';

function read(settings: object): Policy {
  const { policy, findings } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    ...settings,
  });
  if (!policy) throw new Error(findings.map(policyFindingText).join('\n'));
  return policy;
}

const endpoints = (ip: string, port = 80, protocol = 'TCP') => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web' },
  subsets: [{ addresses: [{ ip }], ports: [{ port, protocol }] }],
});

/** What stands against an object there, such as `forbidden-network: deny`. */
function told(policy: Policy, namespace: string, object: object): readonly string[] {
  const judged = { kind: 'Endpoints', operation: 'CREATE', namespace, object } as const;
  return judge(policy, judged).violations.map(({ rule, enforcement }) => `${rule.id}: ${enforcement}`);
}

const policy = read({
  rules: {
    'forbidden-network': { networks: ['10.96.0.0/12', '10.244.0.0/16'] },
    'forbidden-port': { enforcement: 'none', ports: ['TCP/22'] },
    protocol: { allowed: ['TCP', 'UDP'] },
  },
  namespaces: [
    { match: ['legacy-*', 'old'], rules: { 'forbidden-network': { enforcement: 'audit' } } },
    { match: ['*-databases'], rules: { 'forbidden-network': { networks: ['10.96.0.0/12'], presets: [] } } },
    { match: ['legacy-databases'], rules: { 'forbidden-network': { enforcement: 'warn' }, 'port-range': {} } },
    { match: ['strict'], rules: { 'forbidden-port': { enforcement: 'deny' }, protocol: { allowed: ['TCP'] } } },
    {
      match: ['free'],
      rules: { 'forbidden-network': { enforcement: 'none' }, 'well-formed': { enforcement: 'deny' } },
    },
    { match: ['free'], rules: {} },
  ],
});

const service = endpoints('10.96.0.1');
const pod = endpoints('10.244.1.2');
const azure = endpoints('168.63.129.16');
const ssh = endpoints('1.2.3.4', 22);
const udp = endpoints('1.2.3.4', 53, 'UDP');

test.each<[string, object, readonly string[]]>([
  ['shop', service, ['forbidden-network: deny']],
  ['shop', pod, ['forbidden-network: deny']],
  ['shop', azure, ['forbidden-network: deny']],
  ['shop', ssh, []],
  ['', service, ['forbidden-network: deny']],
  ['legacy-', service, ['forbidden-network: audit']],
  ['legacy-shop', azure, ['forbidden-network: audit']],
  ['old', pod, ['forbidden-network: audit']],
  ['older', pod, ['forbidden-network: deny']],
  ['LEGACY-shop', pod, ['forbidden-network: deny']],
  ['my-legacy-shop', pod, ['forbidden-network: deny']],
  // a list replaces a list, and the enforcement stays
  ['shop-databases', service, ['forbidden-network: deny']],
  ['shop-databases', pod, []],
  ['shop-databases', azure, []],
  // three entries match: the last that says something wins, setting by setting
  ['legacy-databases', service, ['forbidden-network: warn']],
  ['legacy-databases', pod, []],
  // what is off may be on, with the parameters it has
  ['strict', ssh, ['forbidden-port: deny']],
  ['strict', udp, ['protocol: deny']],
  ['strict', service, ['forbidden-network: deny']],
  ['free', service, []],
  ['free', endpoints('10.96.0.1', 0), ['port-range: deny']],
  ['free', endpoints('010.96.0.1'), ['well-formed: deny']],
])('in namespace %j %j is %j', (namespace, object, expected) => {
  expect(told(policy, namespace, object)).toEqual(expected);
});

test('* also matches a namespace that is not named; nothing else does', () => {
  const on = (match: string) =>
    read({ namespaces: [{ match: [match], rules: { 'port-range': { enforcement: 'warn' } } }] });
  expect(told(on('*'), '', endpoints('1.2.3.4', 0))).toEqual(['port-range: warn']);
  expect(told(on('a*'), '', endpoints('1.2.3.4', 0))).toEqual(['port-range: deny']);
});

test('mode audit, exemptions and the order of the rules hold there too', () => {
  const exempt = [{ users: ['operator'], rules: ['forbidden-port'] }];
  const namespaces = [{ match: ['a'], rules: { 'forbidden-port': { presets: ['control-plane'] } } }];
  const both = endpoints('168.63.129.16', 10250);
  expect(told(read({ mode: 'audit', namespaces }), 'a', both)).toEqual([
    'forbidden-network: audit',
    'forbidden-port: audit',
  ]);
  const asked = {
    kind: 'Endpoints',
    operation: 'CREATE',
    namespace: 'a',
    requester: { user: 'operator', groups: [] },
  } as const;
  const verdict = review(read({ exempt, namespaces }), { ...asked, object: both });
  expect(verdict.violations.map(({ rule }) => rule.id)).toEqual(['forbidden-network']);
});

describe('rules are prepared', () => {
  const others = (checks: ReturnType<typeof checksFor>) => checks.filter(({ rule }) => rule.id !== 'forbidden-network');

  test('once for a combination of entries, and not where nothing is said of them', () => {
    const first = checksFor(policy, 'legacy-shop');
    expect(checksFor(policy, 'legacy-garden')).toBe(first);
    expect(checksFor({ ...policy, mode: 'audit' }, 'old')).toBe(first);
    expect(checksFor(policy, 'shop')).toBe(policy.checks);
    expect(checksFor(policy, 'legacy-databases')).not.toBe(first);
    for (const [i, check] of others(first).entries()) expect(check).toBe(others(policy.checks)[i]);
  });

  test('for more combinations than are kept, rightly each time', () => {
    const entries = Array.from({ length: 8 }, (_, i) => ({
      match: [`*${i}*`],
      rules: { 'forbidden-port': { ports: [`TCP/${i + 1}`] } },
    }));
    const many = read({ namespaces: entries });
    for (let round = 0; round < 2; round++)
      for (let bits = 1; bits < 256; bits++) {
        const digits = [...entries.keys()].filter((i) => bits & (1 << i));
        const last = (digits.at(-1) ?? 0) + 1;
        expect(told(many, `n${digits.join('')}`, endpoints('1.2.3.4', last))).toEqual(['forbidden-port: deny']);
        expect(told(many, `n${digits.join('')}`, endpoints('1.2.3.4', last + 1))).toEqual([]);
      }
  });
});

test('every rule may be named there', () => {
  const settings = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));
  const off = read({ namespaces: [{ match: ['off'], rules: settings }] });
  expect(checksFor(off, 'off')).toEqual([]);
  expect(checksFor(off, 'on')).toHaveLength(rules.filter(({ enforcement }) => enforcement !== 'none').length);
});
