import type { Logger } from 'pino';
import { readReview } from '../admission/read-review.ts';
import type { AdmissionRequest, OwnRequest } from '../admission/request.ts';
import {
  type AdmissionResponse,
  createFailureResponse,
  createForeignResponse,
  createPatchResponse,
  createVerdictResponse,
  type Decision,
  decisionOf,
  prepareResponse,
  violatedRules,
} from '../admission/response.ts';
import type { Policy } from '../policy/policy.ts';
import type { AccessAnswer, AccessQuestion, AskAccess } from '../review/access.ts';
import { isClean, type Violation } from '../review/judge.ts';
import { mutate } from '../review/mutate.ts';
import { review, type Verdict } from '../review/review.ts';
import type { Metrics, Webhook } from './metrics.ts';

export interface ReviewDependencies {
  readonly policy: Policy;
  readonly log: Logger;
  /** Whether one more line about a review may be logged now. Ask it only where there is a line. */
  readonly mayLog: () => boolean;
  readonly metrics: Metrics;
  readonly logDenials: boolean;
  readonly askAccess: AskAccess;
}

/**
 * Answers a review, and counts and logs it. Resolves later only where the authorizer has to be asked, at `deadline` (in the time of
 * `performance.now()`) at the latest. An exception refuses this review, not the ones beside it. Neither throws nor rejects.
 */
export function answerReview(
  webhook: Webhook,
  request: AdmissionRequest,
  dependencies: ReviewDependencies,
  deadline: number,
): AdmissionResponse | Promise<AdmissionResponse> {
  try {
    return webhook === 'mutate'
      ? answerMutation(request, dependencies)
      : answerValidation(request, dependencies, deadline);
  } catch (error) {
    return answerFailure(webhook, request, dependencies, error);
  }
}

/**
 * Answers a review of the validating webhook in which nothing is wrong, without parsing it; `undefined` for any other, which is then for
 * `answerReview`. Never throws.
 */
export function answerClean(bytes: Buffer, dependencies: ReviewDependencies): AdmissionResponse | undefined {
  const read = readReview(bytes);
  if (!read) return undefined;
  const { request, view, previous } = read;
  try {
    if (!isClean(dependencies.policy, request, view, previous)) return undefined;
  } catch {
    return undefined;
  }
  record(request, dependencies, 'allowed', []);
  return createVerdictResponse(request, { allowed: true, violations: [] });
}

function answerFailure(
  webhook: Webhook,
  request: AdmissionRequest,
  { metrics, log, mayLog }: ReviewDependencies,
  error: unknown,
) {
  metrics.countRejection('internal-error');
  if (mayLog()) log.error({ ...describeRequest(request), err: error }, 'could not judge a review');
  if (webhook === 'mutate') return { uid: request.uid, allowed: true };
  return createFailureResponse(request.uid, 500, 'endpoints-webhook failed while judging the object; its log says why');
}

function answerMutation(request: AdmissionRequest, { policy, metrics }: ReviewDependencies): AdmissionResponse {
  const { uid, operation, resource, kind, namespace, dryRun, object } = request;
  const isJudged = kind && (operation === 'CREATE' || operation === 'UPDATE');
  const patch = isJudged ? mutate(policy, { kind, object, operation, namespace }) : [];
  const decision = patch.length > 0 ? 'patched' : 'allowed';
  metrics.countReview({ webhook: 'mutate', resource, operation, decision, dryRun, violations: [] });
  return kind ? createPatchResponse(uid, patch) : createForeignResponse(uid);
}

function answerValidation(request: AdmissionRequest, dependencies: ReviewDependencies, deadline: number) {
  if (!request.kind) {
    record(request, dependencies, 'allowed', []);
    return createForeignResponse(request.uid);
  }
  const verdict = judgeRequest(request, dependencies.policy);
  if (verdict.question) return answerAsked(request, verdict, verdict.question, dependencies, deadline);
  record(request, dependencies, decisionOf(verdict), verdict.violations);
  return createVerdictResponse(request, verdict);
}

function judgeRequest(request: OwnRequest, policy: Policy): Verdict {
  const { operation } = request;
  return operation === 'CREATE' || operation === 'UPDATE'
    ? review(policy, { ...request, operation })
    : { allowed: true, violations: [] };
}

/** While it waits, it keeps neither the objects nor more than one violation of each rule: a slow cluster would fill the memory. */
function answerAsked(
  request: OwnRequest,
  verdict: Verdict,
  question: AccessQuestion,
  dependencies: ReviewDependencies,
  deadline: number,
): Promise<AdmissionResponse> {
  const respond = prepareResponse(request, verdict, question);
  return finishAsked(
    { ...request, object: undefined, previous: undefined },
    [...new Map(verdict.violations.map((violation) => [violation.rule.id, violation])).values()],
    dependencies.askAccess(question, deadline - performance.now()),
    respond,
    dependencies,
  );
}

async function finishAsked(
  request: AdmissionRequest,
  violations: readonly Violation[],
  asked: Promise<AccessAnswer>,
  respond: (answer: AccessAnswer) => AdmissionResponse,
  dependencies: ReviewDependencies,
): Promise<AdmissionResponse> {
  try {
    const answer = await asked;
    const decision = answer.result === 'allowed' ? 'authorized' : 'denied';
    record(request, dependencies, decision, violations, answer.result === 'unanswered' ? answer.reason : undefined);
    return respond(answer);
  } catch (error) {
    return answerFailure('validate', request, dependencies, error);
  }
}

/** Counts and logs. `unanswered`: why the authorizer gave no answer. */
function record(
  request: AdmissionRequest,
  { log, mayLog, metrics, logDenials }: ReviewDependencies,
  decision: Decision,
  violations: readonly Violation[],
  unanswered?: string,
): void {
  const { resource, operation, dryRun } = request;
  metrics.countReview({ webhook: 'validate', resource, operation, decision, dryRun, violations });
  if (unanswered === undefined && !logDenials && decision === 'denied') return;
  const level = levelOf(decision, violations, unanswered);
  if (!log.isLevelEnabled(level) || (level !== 'debug' && !mayLog())) return;
  const line = { ...describeRequest(request), rules: violatedRules(violations), decision };
  if (unanswered === undefined) log[level](line, decision);
  else log[level]({ ...line, reason: unanswered }, 'could not ask for an RBAC exemption');
}

/** One line for each review with violations; reviews without any are logged at debug only. */
function levelOf(decision: Decision, violations: readonly Violation[], unanswered: string | undefined) {
  if (unanswered !== undefined) return 'warn';
  return violations.length > 0 && decision !== 'unchanged' ? 'info' : 'debug';
}

/** For one line of the log: a client may make names as long as it likes. */
function describeRequest({ uid, namespace, name, requester, operation, resource, dryRun }: AdmissionRequest) {
  const short = (text: string) => text.slice(0, 253);
  return {
    uid,
    namespace: short(namespace),
    name: short(name),
    user: short(requester.user),
    operation,
    resource: short(resource),
    dryRun,
  };
}
