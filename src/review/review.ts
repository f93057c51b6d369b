import type { Kind, View } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { isExempt, keepsKubernetesService, type Requester } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import { type AccessQuestion, accessQuestion } from './access.ts';
import { type Judgement, judge, judgeParsed, type Operation, type Violation } from './judge.ts';
import { isUnchanged } from './unchanged.ts';

/** The question: may this requester do this to this object. */
export interface Review {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly namespace: string;
  readonly requester: Requester;
  readonly object: unknown;
  /** What an UPDATE replaces. Without it the update is judged in full. */
  readonly previous?: unknown;
}

export interface Verdict {
  readonly allowed: boolean;
  /** Also those of which the object is exempt. */
  readonly violations: readonly Violation[];
  /** Why it is allowed although something would be denied or warned of. */
  readonly exemption?: 'exempt' | 'unchanged' | 'authorized';
  /** What to ask an authorizer before this refusal is final: if the answer is yes, the object is allowed. */
  readonly question?: AccessQuestion;
}

/** Judges first, and looks for an exemption only where there is a violation. Total: any JSON value gives a verdict. */
export function review(policy: Policy, request: Review): Verdict {
  return decide(policy, request, judge(policy, request), () => request);
}

/** The two objects of a request, parsed when they are asked for. */
export interface SentObjects {
  readonly object: () => unknown;
  readonly previous: () => unknown;
}

/**
 * The same for an object that has been read without a finding. The `request` has its metadata alone. `undefined` where there are more
 * than `maxViolations`.
 */
export function reviewRead(
  policy: Policy,
  request: Review,
  view: View,
  { object, previous }: SentObjects,
  maxViolations?: number,
): Verdict | undefined {
  const judgement = judgeParsed(policy, request, { view, findings: [] }, previous, maxViolations);
  if (maxViolations !== undefined && judgement.violations.length > maxViolations) return undefined;
  return decide(policy, request, judgement, () => ({ object: object(), previous: previous() }));
}

function decide(
  policy: Policy,
  request: Review,
  { parsed, previous, violations }: Judgement,
  objectsOf: () => Pick<Review, 'object' | 'previous'>,
): Verdict {
  if (violations.length === 0) return { allowed: true, violations };
  if (request.operation === 'UPDATE' && isUnchanged(parsed, previous, objectsOf(), policy.extraServiceLabels))
    return { allowed: true, violations, exemption: 'unchanged' };
  const { name } = fieldsOf(fieldsOf(request.object).metadata);
  if (keepsKubernetesService(request.requester, request.namespace, name))
    return { allowed: true, violations, exemption: 'exempt' };

  const binding = policy.exempt.length === 0 ? violations : withoutExempt(policy, request, violations);
  if (binding.length === 0) return { allowed: true, violations, exemption: 'exempt' };
  const allowed = !binding.some(({ enforcement }) => enforcement === 'deny');
  const final = allowed || binding.some(({ rule, enforcement }) => enforcement === 'deny' && !rule.exemptibleByRbac);
  return { allowed, violations: binding, ...(final ? {} : { question: accessQuestion(request) }) };
}

function withoutExempt(policy: Policy, { requester, namespace }: Review, violations: readonly Violation[]) {
  const exempt = new Map<string, boolean>();
  return violations.filter(({ rule: { id } }) => {
    const known = exempt.get(id) ?? isExempt(policy.exempt, id, requester, namespace);
    exempt.set(id, known);
    return !known;
  });
}
