import type { Asking, Conclusion, Failed, Final, Judged, Notes, RequestHead, Webhook } from '../admission/outcome.ts';
import {
  type AdmissionResponse,
  annotateReview,
  createFailureResponse,
  createUnjudgedResponse,
  encodeReview,
  encodeVerdict,
  finishResponse,
  type ViolatedRule,
} from '../admission/response.ts';
import type { AccessQuestion, AskAccess } from '../review/access.ts';
import type { Share } from './budget.ts';
import type { InForce } from './in-force.ts';
import { type RefusalDependencies, refuseMalformed, refuseUnjudged } from './refusal.ts';
import type { Reply } from './reply.ts';

export interface AnswerDependencies extends RefusalDependencies {
  readonly logDenials: boolean;
}

/** What is known of a call before its body is judged. `deadline`: in the time of `performance.now()`. */
export interface Call {
  readonly webhook: Webhook;
  readonly deadline: number;
  /** Read once, when the call arrives: it is answered by one policy. */
  readonly inForce: InForce;
  readonly share: Share;
  /** Whether whoever calls would rather go on than be refused because a Service could not be judged. */
  readonly isAdopting: boolean;
}

/**
 * Answers a review that has been judged, and counts and logs it. Resolves later only where the authorizer has to be asked, at the
 * deadline at the latest. Neither throws nor rejects.
 */
export function answer(outcome: Conclusion, call: Call, dependencies: AnswerDependencies): Reply | Promise<Reply> {
  switch (outcome.outcome) {
    case 'judged':
      record(call.webhook, outcome, dependencies);
      return replyTo(outcome, call, dependencies);
    case 'asking':
      return answerAsked(outcome, call, dependencies);
    case 'malformed':
      return refuseMalformed(dependencies, outcome.problem);
    case 'failed':
      return answerFailure(call, outcome, dependencies);
    default:
      return refuseUnjudged(call, outcome.outcome, outcome.uid, dependencies, outcome.excess);
  }
}

/** Leaves out a patch for which there is no memory: the object is judged without it all the same. */
function replyTo(
  { request, decision, text, notes }: Judged & Pick<Final, 'notes'>,
  { share }: Call,
  { metrics }: AnswerDependencies,
): Reply {
  const overload = decision === 'patched' ? share.claim(copies * text.length) : undefined;
  if (!overload) return { code: 200, text: notes ? annotateReview(text, notes) : text };
  metrics.countRejection(overload);
  return reply({ uid: request.uid, allowed: true });
}

/** An answer is in memory as text, in base64, as bytes, and encrypted. */
const copies = 4;

function reply(response: AdmissionResponse): Reply {
  return { code: 200, text: encodeReview(response) };
}

function answerFailure(
  { webhook, isAdopting }: Pick<Call, 'webhook' | 'isAdopting'>,
  { request, error }: Pick<Failed, 'request' | 'error'>,
  { metrics, log, mayLog }: AnswerDependencies,
): Reply {
  metrics.countRejection('internal-error');
  if (mayLog()) log.error({ ...describeRequest(request), err: error }, 'could not judge a review');
  const { uid } = request;
  if (webhook === 'mutate') return reply({ uid, allowed: true });
  const message = 'endpoints-webhook failed while judging the object; its log says why';
  return reply(isAdopting ? createUnjudgedResponse(uid, message) : createFailureResponse(uid, 500, message));
}

async function answerAsked(
  asking: Asking & Pick<Final, 'notes'>,
  call: Call,
  dependencies: AnswerDependencies,
): Promise<Reply> {
  const { request, rules, first, questions, notes } = asking;
  const { askAccess, policy } = call.inForce;
  try {
    const { access, asked } = await askAll(questions, askAccess, call.deadline);
    const decision = access.result === 'allowed' ? 'authorized' : 'denied';
    const unanswered = access.result === 'unanswered' ? access.reason : undefined;
    record('validate', { request, decision, rules, first, ...(notes && { notes }) }, dependencies, unanswered);
    return { code: 200, text: encodeVerdict(finishResponse(asking, access, asked), policy) };
  } catch (error) {
    return answerFailure(call, { request, error: Error('asking failed', { cause: error }) }, dependencies);
  }
}

/** Until the first that is not answered yes. `asked`: how many before it were. */
async function askAll(questions: readonly AccessQuestion[], ask: AskAccess, deadline: number) {
  for (const [asked, question] of questions.entries()) {
    const access = await ask(question, deadline - performance.now());
    if (access.result !== 'allowed') return { access, asked };
  }
  return { access: { result: 'allowed' }, asked: questions.length } as const;
}

/** Counts and logs. `unanswered`: why the authorizer gave no answer. */
function record(
  webhook: Webhook,
  {
    request,
    decision,
    rules,
    first,
    notes,
  }: Pick<Judged, 'request' | 'decision' | 'rules' | 'first'> & { readonly notes?: Notes },
  { log, mayLog, metrics, logDenials }: AnswerDependencies,
  unanswered?: string,
): void {
  const { resource, operation, dryRun } = request;
  metrics.countReview({ webhook, resource, operation, decision, dryRun, rules });
  const problem = unanswered ?? notes?.unread;
  if (webhook === 'mutate' || (problem === undefined && !logDenials && decision === 'denied')) return;
  const level = levelOf(decision, rules, problem);
  if (!log.isLevelEnabled(level) || (level !== 'debug' && !mayLog())) return;
  const line = { ...describeRequest(request), rules: rules.map(({ id }) => id), first, decision, ...notes };
  if (unanswered === undefined) log[level](line, decision);
  else log[level]({ ...line, reason: unanswered }, 'could not ask for an RBAC exemption');
}

/** One line for each review with violations; reviews without any are logged at debug only. */
function levelOf(decision: Judged['decision'], rules: readonly ViolatedRule[], problem: string | undefined) {
  if (problem !== undefined) return 'warn';
  return rules.length > 0 && decision !== 'unchanged' ? 'info' : 'debug';
}

/** For one line of the log: a client may make names as long as it likes. */
function describeRequest({ uid, namespace, name, generateName, requester, operation, resource, dryRun }: RequestHead) {
  const short = (text: string) => (text.length <= 253 ? text : `${text.slice(0, 252)}…`);
  return {
    uid,
    namespace: short(namespace),
    name,
    generateName,
    user: short(requester.user),
    operation,
    resource: short(resource),
    dryRun,
  };
}
