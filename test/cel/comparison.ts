import { review } from '../../src/review/review.ts';
import { type Action, actions, isExpressed } from './admission-policies.ts';
import type { Case } from './case.ts';
import type { EvaluatedSet, Evaluation } from './evaluator.ts';

/** Of each action the rules that stand against a write, in alphabetical order. */
export type Told = Readonly<Record<Action, readonly string[]>>;

export interface Difference {
  readonly title: string;
  readonly expected: Told;
  readonly found: Told;
  /** What CEL could not evaluate, which denies. */
  readonly errors: readonly string[];
}

/** Where API servers of a minor come to another verdict than the webhook, of the rules that are checked in CEL. */
export function differencesIn(set: EvaluatedSet): readonly Difference[] {
  return set.cases.flatMap((one, i) => {
    const evaluations = set.verdicts[i] ?? [];
    if (evaluations.length === 0) return [];
    const expected = expectedOf(one, set.minor);
    const found = foundOf(set, evaluations);
    const errors = evaluations.flatMap((evaluation) => evaluation.errors);
    const asked = one.asked === undefined || one.asked === isAsked(set, one, evaluations);
    const unreadable = expected.Deny.includes('well-formed') && found.Deny.includes('well-formed');
    if (unreadable || (asked && errors.length === 0 && JSON.stringify(expected) === JSON.stringify(found))) return [];
    return [{ title: one.title, expected, found, errors: asked ? errors : [...errors, `asked is not ${one.asked}`] }];
  });
}

/** What the webhook says. */
function expectedOf(one: Case, minor: number): Told {
  const { operation, user, groups } = one;
  if (one.asked === false || operation === 'DELETE') return toldOf([]);
  const { violations, exemption } = review(one.policy, {
    ...one,
    operation,
    requester: { user, groups },
    previous: one.oldObject,
  });
  if (exemption) return toldOf([]);
  const binding = violations.filter(
    ({ rule }) => isExpressed(rule.id, one.kind, minor) && !(isAuthorized(one) && rule.exemptibleByRbac),
  );
  return toldOf(binding.map(({ enforcement, rule }) => [actionOf[enforcement], rule.id]));
}

/** As the authorizer of the evaluator answers (request.go). */
function isAuthorized({ policy, restricted = false, wildcard }: Case): boolean {
  const { wildcards } = policy.authorization;
  if (wildcards === 'count') return restricted || wildcard === 'namespace' || wildcard === 'cluster';
  return (restricted && wildcard === undefined) || (wildcards === 'cluster' && wildcard === 'cluster');
}

const actionOf = { deny: 'Deny', warn: 'Warn', audit: 'Audit' } as const;

function foundOf({ policies }: EvaluatedSet, evaluations: readonly Evaluation[]): Told {
  return toldOf(
    evaluations.flatMap(({ failed }, i) => {
      const policy = policies[i];
      return policy ? failed.map((index): [Action, string] => [policy.action, policy.rules[index] ?? '']) : [];
    }),
  );
}

function isAsked({ policies }: EvaluatedSet, { kind }: Case, evaluations: readonly Evaluation[]): boolean {
  const own = evaluations.filter((_, i) => policies[i]?.kind === kind);
  return own.length > 0 && own.every(({ matched }) => matched);
}

function toldOf(pairs: readonly (readonly [Action, string])[]): Told {
  const of = (action: Action) => [...new Set(pairs.filter(([a]) => a === action).map(([, rule]) => rule))].sort();
  const [deny, warn, audit] = actions;
  return { [deny]: of(deny), [warn]: of(warn), [audit]: of(audit) };
}
