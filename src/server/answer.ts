import type { Logger } from 'pino';
import type { AdmissionRequest } from '../admission/request.ts';
import {
  type AdmissionResponse,
  type Decision,
  decisionOf,
  failureResponse,
  notOurs,
  patchResponse,
  verdictResponse,
  violatedRules,
} from '../admission/response.ts';
import type { Policy } from '../policy/policy.ts';
import type { Violation } from '../review/judge.ts';
import { mutate } from '../review/mutate.ts';
import { review, type Verdict } from '../review/review.ts';
import type { Metrics, Webhook } from './metrics.ts';

export interface Judging {
  readonly policy: Policy;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly logDenials: boolean;
}

/** Answers a review, and counts and logs what was answered. An exception refuses this review, not the ones beside it. */
export function answerReview(webhook: Webhook, request: AdmissionRequest, judging: Judging): AdmissionResponse {
  try {
    return webhook === 'mutate' ? answerMutation(request, judging) : answerValidation(request, judging);
  } catch (error) {
    judging.metrics.rejected('internal-error');
    judging.log.error({ ...described(request), err: error }, 'could not judge a review');
    if (webhook === 'mutate') return { uid: request.uid, allowed: true };
    return failureResponse(request.uid, 500, 'endpoints-webhook failed while judging the object; its log tells why');
  }
}

function answerMutation(request: AdmissionRequest, { policy, metrics }: Judging): AdmissionResponse {
  const { uid, operation, resource, kind, namespace, dryRun, object } = request;
  metrics.answered({ webhook: 'mutate', resource, operation, decision: 'allowed', dryRun, violations: [] });
  if (!kind) return notOurs(uid);
  if (operation === 'DELETE' || operation === 'CONNECT') return { uid, allowed: true };
  return patchResponse(uid, mutate(policy, { kind, object, operation, namespace }));
}

function answerValidation(request: AdmissionRequest, { policy, log, metrics, logDenials }: Judging): AdmissionResponse {
  const { operation, resource, kind, namespace, requester, object, previous, dryRun } = request;
  const verdict: Verdict =
    kind && (operation === 'CREATE' || operation === 'UPDATE')
      ? review(policy, { kind, operation, namespace, requester, object, previous })
      : { allowed: true, violations: [] };
  const decision = decisionOf(verdict);
  const { violations } = verdict;
  metrics.answered({ webhook: 'validate', resource, operation, decision, dryRun, violations });
  if (logDenials || decision !== 'denied') logVerdict(log, request, decision, violations);
  return kind ? verdictResponse(request, verdict) : notOurs(request.uid);
}

/** One line for each review that something stands against; what is in order only at debug. */
function logVerdict(
  log: Logger,
  request: AdmissionRequest,
  decision: Decision,
  violations: readonly Violation[],
): void {
  const level = violations.length > 0 && decision !== 'unchanged' ? 'info' : 'debug';
  if (log.isLevelEnabled(level))
    log[level]({ ...described(request), rules: violatedRules(violations), decision }, decision);
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
