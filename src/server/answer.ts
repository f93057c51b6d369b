import type { Logger } from 'pino';
import type { AdmissionRequest, OwnRequest } from '../admission/request.ts';
import {
  type AdmissionResponse,
  askedResponse,
  type Decision,
  decisionOf,
  failureResponse,
  notOurs,
  patchResponse,
  verdictResponse,
  violatedRules,
} from '../admission/response.ts';
import type { Policy } from '../policy/policy.ts';
import type { AccessAnswer, AccessQuestion, AskAccess } from '../review/access.ts';
import type { Violation } from '../review/judge.ts';
import { mutate } from '../review/mutate.ts';
import { review, type Verdict } from '../review/review.ts';
import type { Metrics, Webhook } from './metrics.ts';

export interface Judging {
  readonly policy: Policy;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly logDenials: boolean;
  readonly askAccess: AskAccess;
}

/**
 * Answers a review, and counts and logs what was answered; at once, unless an authorizer has to be asked, which takes until `deadline`
 * (as `performance.now()` counts) at most. An exception refuses this review, not the ones beside it. Neither throws nor rejects.
 */
export function answerReview(
  webhook: Webhook,
  request: AdmissionRequest,
  judging: Judging,
  deadline: number,
): AdmissionResponse | Promise<AdmissionResponse> {
  try {
    return webhook === 'mutate' ? answerMutation(request, judging) : answerValidation(request, judging, deadline);
  } catch (error) {
    return answerFailure(webhook, request, judging, error);
  }
}

function answerFailure(webhook: Webhook, request: AdmissionRequest, { metrics, log }: Judging, error: unknown) {
  metrics.rejected('internal-error');
  log.error({ ...described(request), err: error }, 'could not judge a review');
  if (webhook === 'mutate') return { uid: request.uid, allowed: true };
  return failureResponse(request.uid, 500, 'endpoints-webhook failed while judging the object; its log tells why');
}

function answerMutation(request: AdmissionRequest, { policy, metrics }: Judging): AdmissionResponse {
  const { uid, operation, resource, kind, namespace, dryRun, object } = request;
  const isJudged = kind && (operation === 'CREATE' || operation === 'UPDATE');
  const patch = isJudged ? mutate(policy, { kind, object, operation, namespace }) : [];
  const decision = patch.length > 0 ? 'patched' : 'allowed';
  metrics.answered({ webhook: 'mutate', resource, operation, decision, dryRun, violations: [] });
  return kind ? patchResponse(uid, patch) : notOurs(uid);
}

function answerValidation(request: AdmissionRequest, judging: Judging, deadline: number) {
  if (!request.kind) {
    record(request, judging, 'allowed', []);
    return notOurs(request.uid);
  }
  const verdict = judgeRequest(request, judging.policy);
  if (verdict.question) return answerAsked(request, verdict, verdict.question, judging, deadline);
  record(request, judging, decisionOf(verdict), verdict.violations);
  return verdictResponse(request, verdict);
}

function judgeRequest(request: OwnRequest, policy: Policy): Verdict {
  const { operation } = request;
  return operation === 'CREATE' || operation === 'UPDATE'
    ? review(policy, { ...request, operation })
    : { allowed: true, violations: [] };
}

/** While it waits it holds neither the objects nor more than one violation of each rule: a slow cluster would fill the memory. */
function answerAsked(
  request: OwnRequest,
  verdict: Verdict,
  question: AccessQuestion,
  judging: Judging,
  deadline: number,
): Promise<AdmissionResponse> {
  const respond = askedResponse(request, verdict, question);
  return finish(
    { ...request, object: undefined, previous: undefined },
    [...new Map(verdict.violations.map((violation) => [violation.rule.id, violation])).values()],
    judging.askAccess(question, deadline - performance.now()),
    respond,
    judging,
  );
}

async function finish(
  request: AdmissionRequest,
  violations: readonly Violation[],
  asked: Promise<AccessAnswer>,
  respond: (answer: AccessAnswer) => AdmissionResponse,
  judging: Judging,
): Promise<AdmissionResponse> {
  try {
    const answer = await asked;
    const decision = answer.result === 'allowed' ? 'authorized' : 'denied';
    record(request, judging, decision, violations, answer.result === 'unanswered' ? answer.reason : undefined);
    return respond(answer);
  } catch (error) {
    return answerFailure('validate', request, judging, error);
  }
}

/** `unasked`: why nobody could be asked for an RBAC exemption. */
function record(
  request: AdmissionRequest,
  { log, metrics, logDenials }: Judging,
  decision: Decision,
  violations: readonly Violation[],
  unasked?: string,
): void {
  const { resource, operation, dryRun } = request;
  metrics.answered({ webhook: 'validate', resource, operation, decision, dryRun, violations });
  const rules = () => violatedRules(violations);
  if (unasked !== undefined)
    log.warn(
      { ...described(request), rules: rules(), decision, reason: unasked },
      'could not ask for an RBAC exemption',
    );
  else if (logDenials || decision !== 'denied') {
    // one line for each review that something stands against; what is in order only at debug
    const level = violations.length > 0 && decision !== 'unchanged' ? 'info' : 'debug';
    if (log.isLevelEnabled(level)) log[level]({ ...described(request), rules: rules(), decision }, decision);
  }
}

/** Names as long as anybody cares to make them, for one line. */
function described({ uid, namespace, name, requester, operation, resource, dryRun }: AdmissionRequest) {
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
