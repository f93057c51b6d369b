import { expect, test } from 'vitest';
import { mayPardon } from '../../src/policy/pardonable.ts';
import { documentedPolicy, type Policy } from '../../src/policy/policy.ts';

function policyWith(
  pardonable: true | undefined,
  given: Partial<Policy> = {},
  enforcement: 'deny' | 'warn' = 'deny',
): Policy {
  const { checks, ...rest } = documentedPolicy();
  const [first] = checks;
  if (!first) return expect.unreachable();
  const rule = { ...first.rule, ...(pardonable ? { pardonable } : {}) };
  return { ...rest, checks: [{ ...first, enforcement, rule }], ...given };
}

test.each<readonly [string, Policy, boolean]>([
  ['denies what may be pardoned', policyWith(true), true],
  ['denies only what may not', policyWith(undefined), false],
  ['only warns of it', policyWith(true, {}, 'warn'), false],
  ['only audits', policyWith(true, { mode: 'audit' }), false],
  ['demands nothing', policyWith(true, { checks: [] }), false],
])('a policy that %s: %j', (_, policy, expected) => expect(mayPardon(policy)).toBe(expected));
