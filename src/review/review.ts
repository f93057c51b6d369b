import { type Address, type AddressKey, addressKey } from '../endpoints/address.ts';
import type { AskCluster } from '../endpoints/cluster-state.ts';
import type { Kind, View } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { isExempt, keepsKubernetesService, type Requester } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import { type AccessQuestion, accessQuestion } from './access.ts';
import { type Judgement, type JudgeOptions, judge, judgeParsed, type Operation, type Violation } from './judge.ts';
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
  /** Addresses on whose holders it rests, each once: who has them now is to be asked before it is final. Of more than `maxDoubts` one more. */
  readonly doubts?: readonly Address[];
  /** Whether something could not be judged, because what would have to be known of the cluster is not. */
  readonly isUnknown?: true;
}

/** So many addresses of one object are asked about. */
export const maxDoubts = 16;

/** Judges first, and looks for an exemption only where there is a violation. Total: any JSON value gives a verdict. */
export function review(policy: Policy, request: Review, askCluster?: AskCluster): Verdict {
  return decide(policy, request, judge(policy, request, askCluster), () => request);
}

/** The two objects of a request, parsed when they are asked for. */
export interface SentObjects {
  readonly object: () => unknown;
  readonly previous: () => unknown;
}

/**
 * The same for an object that has been read without a finding. The `request` has its metadata alone. `undefined` where there are more
 * than `options.maxViolations`.
 */
export function reviewRead(
  policy: Policy,
  request: Review,
  view: View,
  { object, previous }: SentObjects,
  options: JudgeOptions = {},
): Verdict | undefined {
  const { maxViolations } = options;
  const judgement = judgeParsed(policy, request, { view, findings: [] }, previous, options);
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
  const doubts = doubtsOf(binding);
  return {
    allowed,
    violations: binding,
    ...(final ? {} : { question: accessQuestion(request) }),
    ...(doubts.length > 0 ? { doubts } : {}),
    ...(binding.some(({ finding }) => finding.isUnknown) ? { isUnknown: true } : {}),
  };
}

/** One more than are asked about, at most. */
function doubtsOf(violations: readonly Violation[]): readonly Address[] {
  const doubts = new Map<AddressKey, Address>();
  for (const { finding } of violations) {
    if (finding.holderOf) doubts.set(addressKey(finding.holderOf), finding.holderOf);
    if (doubts.size > maxDoubts) break;
  }
  return [...doubts.values()];
}

function withoutExempt(policy: Policy, { requester, namespace }: Review, violations: readonly Violation[]) {
  const exempt = new Map<string, boolean>();
  return violations.filter(({ rule: { id } }) => {
    const known = exempt.get(id) ?? isExempt(policy.exempt, id, requester, namespace);
    exempt.set(id, known);
    return !known;
  });
}
