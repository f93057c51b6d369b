import type { Policy } from '../policy/policy.ts';
import type { AccessQuestion } from '../review/access.ts';
import { accessKey } from '../review/access.ts';
import type { Violation } from '../review/judge.ts';
import { limitWarnings, tellTogether } from './denial.ts';
import { prepareForbidden } from './forbidding.ts';
import type { Found } from './found.ts';
import type { Asking, Judged, Waking } from './outcome.ts';
import { type Decision, encodeVerdict, namesOf, type ViolatedRule } from './response.ts';

/** The verdict on a Service by what was found in it and in what it puts into service. */
export function concludeWaking(
  { request, found, name }: Waking,
  woken: readonly Found[],
  policy: Policy,
): Judged | Asking {
  const all = [found, ...woken];
  const denied = all.filter((one) => one.denied.count > 0);
  const told = denied.map((one) => one.denied);
  const rules = rulesOf(all);
  const first = [...denied, ...all].find((one) => one.first)?.first;
  const warnings = {
    refused: limitWarnings(all.flatMap((one) => one.warnings.refused)),
    allowed: limitWarnings(all.flatMap((one) => one.warnings.allowed)),
  };
  const questions = questionsOf(denied);
  if (denied.length > 0 && questions) {
    const refusal = prepareForbidden(tellTogether(told, name, 'Service'), questions);
    return { outcome: 'asking', request, rules, first, questions, prepared: { warnings, refusal } };
  }
  const decision = decisionOf(all);
  const { details, sentences } = tellTogether(told, name, 'Service');
  const response = {
    uid: request.uid,
    allowed: denied.length === 0,
    ...(denied.length > 0 && { status: { code: 422, reason: 'Invalid', message: sentences.join('; '), details } }),
    ...(warnings.refused.length > 0 && { warnings: warnings.refused }),
    auditAnnotations: { decision, ...(rules.length > 0 && { rules: namesOf(rules) }) },
  };
  return { outcome: 'judged', request, decision, rules, first, text: encodeVerdict(response, policy) };
}

/** What to say where it cannot be judged what a Service puts into service. */
export function foundUnread(problem: string, enforcement: Violation['enforcement']): Found {
  const text = `could not read what this Service would put into service: ${problem} [endpoints-webhook]`;
  const isDenied = enforcement === 'deny';
  const warnings = enforcement === 'warn' ? [text] : [];
  const causes = isDenied ? [{ reason: 'FieldValueInvalid', message: text, field: 'spec.selector' }] : [];
  return {
    decision: isDenied ? 'denied' : 'allowed',
    rules: [],
    first: undefined,
    warnings: { refused: warnings, allowed: warnings },
    denied: { causes, sentences: causes.map(({ message }) => message), count: causes.length },
  };
}

/** Each once; `undefined` where the refusal of one is final. */
function questionsOf(denied: readonly Found[]): readonly AccessQuestion[] | undefined {
  const questions = new Map<string, AccessQuestion>();
  for (const { question } of denied) {
    if (!question) return undefined;
    questions.set(accessKey(question), question);
  }
  return [...questions.values()];
}

function decisionOf(all: readonly Found[]): Decision {
  const decisions = new Set(all.map(({ decision }) => decision));
  return decisions.has('denied') ? 'denied' : decisions.has('exempt') ? 'exempt' : 'allowed';
}

/** Each once, with what it leads to. */
function rulesOf(all: readonly Found[]): readonly ViolatedRule[] {
  return [...new Map(all.flatMap(({ rules }) => rules).map((rule) => [rule.id, rule])).values()];
}
