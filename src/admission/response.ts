import type { PatchOperation } from '../defaults/patch.ts';
import { visible } from '../endpoints/visible.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Policy } from '../policy/policy.ts';
import type { AccessAnswer, AccessQuestion } from '../review/access.ts';
import type { Violation } from '../review/judge.ts';
import type { Verdict } from '../review/review.ts';
import { createDenial, type Status, tellViolations, warningTexts } from './denial.ts';
import { createForbidden, type PreparedRefusal, prepareForbidden } from './forbidding.ts';
import { nameOf } from './name-of.ts';
import { nameRequester } from './name-requester.ts';
import type { OwnRequest } from './request.ts';

export type Decision = 'allowed' | 'authorized' | 'denied' | 'exempt' | 'unchanged';

/** AdmissionReview.response of admission.k8s.io/v1. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Status;
  readonly warnings?: readonly string[];
  readonly patchType?: 'JSONPatch';
  /** base64 of a JSON array of RFC 6902 operations. */
  readonly patch?: string;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** The text of the AdmissionReview that carries a response. What nobody would see is escaped: a uid is whatever a client sends. */
export function encodeReview(response: AdmissionResponse): string {
  return visible(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }));
}

/** The same for a verdict: its audit annotations name the policy that it was reached by. */
export function encodeVerdict(response: AdmissionResponse, { digest }: Pick<Policy, 'digest'>): string {
  return encodeReview({ ...response, auditAnnotations: { ...response.auditAnnotations, policy: digest } });
}

/** The text of an AdmissionReview with more audit annotations. */
export function annotateReview(text: string, notes: Readonly<Record<string, string>>): string {
  const review = fieldsOf(JSON.parse(text));
  const response = fieldsOf(review.response);
  const auditAnnotations = { ...fieldsOf(response.auditAnnotations), ...notes };
  return visible(JSON.stringify({ ...review, response: { ...response, auditAnnotations } }));
}

export function decisionOf({ allowed, exemption }: Verdict): Decision {
  return exemption ?? (allowed ? 'allowed' : 'denied');
}

export type ViolatedRule = Pick<Violation['rule'], 'id'> & Pick<Violation, 'enforcement'>;

/** The violated rules, each once, in the order of the rules. */
export function violatedRules(violations: readonly Violation[]): readonly ViolatedRule[] {
  const enforcements = new Map<string, Violation['enforcement']>();
  for (const { rule, enforcement } of violations) enforcements.set(rule.id, enforcement);
  return [...enforcements].map(([id, enforcement]) => ({ id, enforcement }));
}

export function namesOf(rules: readonly ViolatedRule[]): string {
  return rules.map(({ id }) => id).join();
}

/** The answer to a request on which the verdict is final: there is no question to an authorizer. `rules`: those that are violated. */
export function createVerdictResponse(
  request: OwnRequest,
  verdict: Verdict,
  rules: readonly ViolatedRule[] = violatedRules(verdict.violations),
): AdmissionResponse {
  const { uid, kind, name, object } = request;
  const { allowed, violations, exemption } = verdict;
  const decision = decisionOf(verdict);
  if (violations.length === 0) return { uid, allowed, auditAnnotations: { decision } };
  const auditAnnotations = { decision, rules: namesOf(rules) };
  if (exemption) return { uid, allowed, auditAnnotations };
  const warnings = warningTexts(violations.filter(({ enforcement }) => enforcement === 'warn'));
  return {
    uid,
    allowed,
    ...(allowed
      ? {}
      : {
          status: createDenial(
            violations.filter(({ enforcement }) => enforcement === 'deny'),
            name || nameOf(object),
            kind,
            (remedy) => nameRequester(remedy, request),
          ),
        }),
    ...(warnings.length > 0 ? { warnings } : {}),
    auditAnnotations,
  };
}

/** What the answer needs once an authorizer has answered, as plain data. */
export interface PreparedResponse {
  /** Where the authorizer refuses, and where it allows. */
  readonly warnings: { readonly refused: readonly string[]; readonly allowed: readonly string[] };
  readonly refusal: PreparedRefusal;
}

/**
 * All of an answer that takes the object, done before an authorizer is asked: what this returns holds some kilobytes, and hundreds may
 * wait.
 */
export function prepareResponse(
  { kind, name, object }: OwnRequest,
  { violations }: Verdict,
  question: AccessQuestion,
): PreparedResponse {
  const denied = violations.filter(({ enforcement }) => enforcement === 'deny');
  return {
    warnings: prepareWarnings(violations, warningTexts),
    refusal: prepareForbidden(tellViolations(denied, name || nameOf(object), kind), [question]),
  };
}

/** What is only warned of, where an authorizer refuses, and where it allows: then it exempts from some of it. */
export function prepareWarnings(
  violations: readonly Violation[],
  tell: (violations: readonly Violation[]) => readonly string[],
): PreparedResponse['warnings'] {
  const warned = violations.filter(({ enforcement }) => enforcement === 'warn');
  return { refused: tell(warned), allowed: tell(warned.filter(({ rule }) => !rule.exemptibleByRbac)) };
}

/** A request that waits for an authorizer, and the rules that it violates. */
interface Waiting {
  readonly request: { readonly uid: string };
  readonly rules: readonly ViolatedRule[];
  readonly prepared: PreparedResponse;
  readonly notes?: Readonly<Record<string, string>>;
}

/** What to answer once an authorizer has answered. `asked`: how many questions before this one got a yes. */
export function finishResponse(
  { request: { uid }, rules, prepared: { warnings, refusal }, notes }: Waiting,
  answer: AccessAnswer,
  asked: number,
): AdmissionResponse {
  const allowed = answer.result === 'allowed';
  const texts = warnings[allowed ? 'allowed' : 'refused'];
  return {
    uid,
    allowed,
    ...(allowed ? {} : { status: createForbidden(refusal, answer, asked) }),
    ...(texts.length > 0 ? { warnings: texts } : {}),
    auditAnnotations: { decision: allowed ? 'authorized' : 'denied', rules: namesOf(rules), ...notes },
  };
}

/**
 * Of a patch, as JSON. What an API server can store has less, in subsets of 10,000 members at most, which are those that are packed. An
 * answer is in memory several times, in base64.
 */
const maxPatchLength = 4 * 1024 * 1024;

/** Without a patch where there is none, or a longer one. */
export function createPatchResponse(uid: string, patch: readonly PatchOperation[]): AdmissionResponse {
  const text = patch.length > 0 ? JSON.stringify(patch) : '';
  if (text === '' || text.length > maxPatchLength) return { uid, allowed: true };
  return { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(text).toString('base64') };
}

/** A webhook is registered for the wrong resource: nobody's objects suffer from that. */
export function createForeignResponse(uid: string): AdmissionResponse {
  const warning = 'endpoints-webhook was asked about a resource it does not judge: fix the webhook configuration';
  return { uid, allowed: true, warnings: [warning], auditAnnotations: { decision: 'allowed' } };
}

const failures = {
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
  500: 'InternalError',
  504: 'Timeout',
} as const;

/** What could not be judged goes on where whoever asks would rather have that. */
export function createUnjudgedResponse(uid: string, message: string): AdmissionResponse {
  return {
    uid,
    allowed: true,
    warnings: [`${message} [endpoints-webhook]`],
    auditAnnotations: { decision: 'allowed' },
  };
}

/** What could not be judged is refused by the validating webhook. */
export function createFailureResponse(uid: string, code: keyof typeof failures, message: string): AdmissionResponse {
  return {
    uid,
    allowed: false,
    status: { code, reason: failures[code], message },
    auditAnnotations: { decision: 'denied' },
  };
}
