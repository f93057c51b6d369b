import { expect, test } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { admissionPoliciesOf } from './admission-policies.ts';
import { newest } from './cases.ts';
import { clusterCases } from './corpus.ts';

test('rules that have to know the cluster are not in CEL, so that their fixtures are passed over', () => {
  const cases = clusterCases();
  console.log(`${cases.length} cases are passed over: they are judged by what is known of the cluster`);
  const needing = rules.filter(({ needs }) => needs).map(({ id }) => id);
  const policies = new Set(cases.map(({ policy }) => policy));
  const told = [...policies].flatMap((policy) => admissionPoliciesOf(policy, newest)).flatMap((one) => one.rules);
  expect(policies.size).toBe(needing.length);
  expect(told).toContain('well-formed');
  expect(told.filter((id) => needing.includes(id))).toEqual([]);
});
