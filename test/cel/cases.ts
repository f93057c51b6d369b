import { admissionPoliciesOf } from './admission-policies.ts';
import type { Case } from './case.ts';
import { corpusCases } from './corpus.ts';
import type { EvaluationSet } from './evaluator.ts';
import { requesterCases } from './requesters.ts';
import { serviceCases } from './services.ts';
import { largeCases, sizeCases } from './sizes.ts';
import { updateCases } from './updates.ts';
import { situationCases } from './writes.ts';

const cases = [
  ...[...corpusCases(), ...serviceCases(), ...situationCases()],
  ...[...updateCases(), ...requesterCases(), ...sizeCases()],
];

/** The minors of Kubernetes 1 that are supported. */
export const minors = [30, 31, 32, 33, 34, 35, 36, 37] as const;

export const newest = 37;

/** All cases of each policy, with what it is printed as for a minor. */
export function setsOf(minor: number): readonly EvaluationSet[] {
  return setsOfCases(minor, cases);
}

/** The cases whose evaluation takes long. */
export function largeSetsOf(minor: number): readonly EvaluationSet[] {
  return setsOfCases(minor, largeCases());
}

function setsOfCases(minor: number, all: readonly Case[]): readonly EvaluationSet[] {
  return [...Map.groupBy(all, ({ policy }) => policy)].map(([policy, own]) => ({
    minor,
    policies: admissionPoliciesOf(policy, minor),
    cases: own,
  }));
}
