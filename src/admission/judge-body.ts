import { isAscii, isUtf8 } from 'node:buffer';
import type { Policy } from '../policy/policy.ts';
import { isClean } from '../review/judge.ts';
import { mutate } from '../review/mutate.ts';
import { review, type Verdict } from '../review/review.ts';
import { findExcess, findExcessOfIdentity } from './measure.ts';
import type { Judged, Outcome, RequestHead, Webhook } from './outcome.ts';
import { readReview } from './read-review.ts';
import { type AdmissionRequest, decodeReview, type OwnRequest } from './request.ts';
import {
  createForeignResponse,
  createPatchResponse,
  createVerdictResponse,
  decisionOf,
  encodeReview,
  prepareResponse,
  violatedRules,
} from './response.ts';
import { uidFromPrefix } from './uid.ts';

/** Judges the body of a review. The same in every thread. Never throws: an exception refuses this review, not the ones beside it. */
export function judgeBody(bytes: Buffer, webhook: Webhook, policy: Policy): Outcome {
  const clean = webhook === 'validate' ? judgeClean(bytes, policy) : undefined;
  if (clean) return clean;
  const excess = findExcess(bytes);
  if (excess) return { outcome: 'too-large', uid: uidFromPrefix(bytes), excess };
  if (!isUtf8(bytes)) return { outcome: 'malformed', problem: 'the body is not UTF-8' };
  const { request, problem } = decodeReview(isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8'));
  if (!request) return { outcome: 'malformed', problem };
  const identity = findExcessOfIdentity(request);
  if (identity) return { outcome: 'too-long', uid: uidFromPrefix(bytes), excess: identity };
  try {
    return webhook === 'mutate' ? judgeMutation(request, policy) : judgeValidation(request, policy);
  } catch (error) {
    return {
      outcome: 'failed',
      request: headOf(request),
      error: error instanceof Error ? error : new Error(String(error)),
    };
  }
}

/** Judges a review of the validating webhook in which nothing is wrong, without parsing it; `undefined` for any other. Never throws. */
export function judgeClean(bytes: Buffer, policy: Policy): Judged | undefined {
  const read = readReview(bytes);
  if (!read) return undefined;
  const { request, view, previous } = read;
  try {
    if (!isClean(policy, request, view, previous)) return undefined;
  } catch {
    return undefined;
  }
  return conclude(request, { allowed: true, violations: [] });
}

function judgeMutation(request: AdmissionRequest, policy: Policy): Judged {
  const { uid, operation, kind, namespace, object } = request;
  const isJudged = kind && (operation === 'CREATE' || operation === 'UPDATE');
  const patch = isJudged ? mutate(policy, { kind, object, operation, namespace }) : [];
  const decision = patch.length > 0 ? 'patched' : 'allowed';
  const text = encodeReview(kind ? createPatchResponse(uid, patch) : createForeignResponse(uid));
  return { outcome: 'judged', request: headOf(request), decision, rules: [], text };
}

function judgeValidation(request: AdmissionRequest, policy: Policy): Outcome {
  if (!request.kind) {
    const text = encodeReview(createForeignResponse(request.uid));
    return { outcome: 'judged', request: headOf(request), decision: 'allowed', rules: [], text };
  }
  const verdict = judgeRequest(request, policy);
  const { question, violations } = verdict;
  if (!question) return conclude(request, verdict);
  const prepared = prepareResponse(request, verdict, question);
  return { outcome: 'asking', request: headOf(request), rules: violatedRules(violations), question, prepared };
}

function judgeRequest(request: OwnRequest, policy: Policy): Verdict {
  const { operation } = request;
  return operation === 'CREATE' || operation === 'UPDATE'
    ? review(policy, { ...request, operation })
    : { allowed: true, violations: [] };
}

function conclude(request: OwnRequest, verdict: Verdict): Judged {
  const text = encodeReview(createVerdictResponse(request, verdict));
  const rules = violatedRules(verdict.violations);
  return { outcome: 'judged', request: headOf(request), decision: decisionOf(verdict), rules, text };
}

/** The objects stay where they were judged: they are large, and what is asked of an authorizer waits. */
function headOf({ uid, operation, resource, kind, name, namespace, requester, dryRun }: AdmissionRequest): RequestHead {
  return { uid, operation, resource, kind, name, namespace, requester, dryRun };
}
