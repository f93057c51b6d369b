import { isAscii, isUtf8 } from 'node:buffer';
import type { AskCluster } from '../endpoints/cluster-state.ts';
import type { Policy } from '../policy/policy.ts';
import { mutate } from '../review/mutate.ts';
import { review, reviewRead, type Verdict } from '../review/review.ts';
import { conclude, withoutObjects } from './conclude.ts';
import { findExcess } from './measure.ts';
import type { Failed, Judged, Outcome, Webhook } from './outcome.ts';
import { readReview } from './read-review.ts';
import { type AdmissionRequest, decodeReview, type OwnRequest } from './request.ts';
import { createForeignResponse, createPatchResponse, encodeReview } from './response.ts';
import { uidFromPrefix } from './uid.ts';

/** Judges the body of a review. The same in every thread. Never throws: an exception refuses this review, not the ones beside it. */
export function judgeBody(bytes: Buffer, webhook: Webhook, policy: Policy, options?: JudgeBodyOptions): Outcome {
  const read = webhook === 'validate' ? judgeRead(bytes, policy, options) : undefined;
  return read ?? judgeTree(bytes, webhook, policy, options);
}

export interface JudgeBodyOptions {
  /** For rules that have to know the cluster. */
  readonly askCluster?: AskCluster | undefined;
  /** Whether it is about what a Service puts into service, and the answer is for whoever writes that. */
  readonly isWoken?: boolean | undefined;
}

/** The same, by parsing the whole body. */
export function judgeTree(bytes: Buffer, webhook: Webhook, policy: Policy, options: JudgeBodyOptions = {}): Outcome {
  const excess = findExcess(bytes);
  if (excess) return { outcome: 'too-large', uid: uidFromPrefix(bytes), excess };
  if (!isUtf8(bytes)) return { outcome: 'malformed', problem: 'the body is not UTF-8' };
  const decoded = decodeReview(isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8'));
  if (decoded.problem !== undefined) return { outcome: 'malformed', problem: decoded.problem };
  const { request, excess: identity } = decoded;
  if (!request) return { outcome: 'too-long', uid: uidFromPrefix(bytes), excess: identity };
  return judgeSafely(request, () =>
    webhook === 'mutate' ? judgeMutation(request, policy) : judgeValidation(request, policy, options),
  );
}

/** What is judged at once; anything may have more. */
export interface Bounds extends JudgeBodyOptions {
  readonly maxValues?: number;
  readonly maxViolations?: number;
}

/**
 * Judges a review of the validating webhook that can be read without a tree, and holds no more than so much; `undefined` for any other.
 * Never throws.
 */
export function judgeRead(bytes: Buffer, policy: Policy, { maxValues, ...options }: Bounds = {}): Outcome | undefined {
  const read = readReview(bytes, maxValues);
  if (!read) return undefined;
  const { request, view, sent } = read;
  return judgeSafely(request, () => {
    const verdict = reviewRead(policy, request, view, sent, options);
    return verdict && conclude(request, verdict, policy, options.isWoken);
  });
}

function judgeSafely<T>(request: AdmissionRequest, judge: () => T): T | Failed {
  try {
    return judge();
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { outcome: 'failed', request: withoutObjects(request), error };
  }
}

function judgeMutation(request: AdmissionRequest, policy: Policy): Judged {
  const { uid, operation, kind, namespace, object } = request;
  const isJudged = kind && (operation === 'CREATE' || operation === 'UPDATE');
  const patch = isJudged ? mutate(policy, { kind, object, operation, namespace }) : [];
  const response = kind ? createPatchResponse(uid, patch) : createForeignResponse(uid);
  const decision = response.patch === undefined ? 'allowed' : 'patched';
  const text = encodeReview(response);
  return { outcome: 'judged', request: withoutObjects(request), decision, rules: [], first: undefined, text };
}

function judgeValidation(request: AdmissionRequest, policy: Policy, options: JudgeBodyOptions): Outcome {
  if (!request.kind) {
    const text = encodeReview(createForeignResponse(request.uid));
    return {
      outcome: 'judged',
      request: withoutObjects(request),
      decision: 'allowed',
      rules: [],
      first: undefined,
      text,
    };
  }
  return conclude(request, judgeRequest(request, policy, options), policy, options.isWoken);
}

function judgeRequest(request: OwnRequest, policy: Policy, { askCluster }: JudgeBodyOptions): Verdict {
  const { operation } = request;
  return operation === 'CREATE' || operation === 'UPDATE'
    ? review(policy, { ...request, operation }, askCluster)
    : { allowed: true, violations: [] };
}
