import { expect, test } from 'vitest';
import { defaultPolicy, type Policy, parsePolicy } from '../../src/policy/policy.ts';
import { mayExemptByRbac } from '../../src/policy/rbac-exemption.ts';

function policyWith(
  exemptibleByRbac: true | undefined,
  given: Partial<Policy> = {},
  enforcement: 'deny' | 'warn' = 'deny',
): Policy {
  const { checks, ...rest } = defaultPolicy();
  const [first] = checks;
  if (!first) return expect.unreachable();
  const rule = { ...first.rule, ...(exemptibleByRbac ? { exemptibleByRbac } : {}) };
  return { ...rest, checks: [{ ...first, enforcement, rule }], ...given };
}

test.each<readonly [string, Policy, boolean]>([
  ['denies what may be exempted', policyWith(true), true],
  ['denies only what may not', policyWith(undefined), false],
  ['only warns of it', policyWith(true, {}, 'warn'), false],
  ['only audits', policyWith(true, { mode: 'audit' }), false],
  ['demands nothing', policyWith(true, { checks: [] }), false],
])('a policy that %s: %j', (_, policy, expected) => expect(mayExemptByRbac(policy)).toBe(expected));

test.each([
  ['deny', true],
  ['warn', false],
])('a policy that says %s of such a rule in some namespace: %j', (enforcement, expected) => {
  const off = Object.fromEntries(
    ['forbidden-network', 'forbidden-port', 'fqdn-address'].map((id) => [id, { enforcement: 'none' }]),
  );
  const { policy } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    rules: off,
    namespaces: [{ match: ['shop'], rules: { 'forbidden-port': { enforcement } } }],
  });
  expect(policy && mayExemptByRbac(policy)).toBe(expected);
});
