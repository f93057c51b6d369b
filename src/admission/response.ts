import type { PatchOperation } from '../defaults/patch.ts';
import { fieldsOf } from '../endpoints/fields.ts';
import type { Violation } from '../review/judge.ts';
import type { Verdict } from '../review/review.ts';
import { denial, type Status, warningTexts } from './denial.ts';
import type { AdmissionRequest } from './request.ts';

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

/** The text of the AdmissionReview that carries a response. */
export function encodeReview(response: AdmissionResponse): string {
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
}

export function decisionOf({ allowed, pardon }: Verdict): Decision {
  return pardon ?? (allowed ? 'allowed' : 'denied');
}

/** The ids of the violated rules, each once, in the order of the rules. */
export function violatedRules(violations: readonly Violation[]): string[] {
  return [...new Set(violations.map(({ rule }) => rule.id))];
}

export function verdictResponse(
  { uid, kind = 'Endpoints', name, object }: AdmissionRequest,
  verdict: Verdict,
): AdmissionResponse {
  const { allowed, violations, pardon } = verdict;
  const decision = decisionOf(verdict);
  if (violations.length === 0) return { uid, allowed, auditAnnotations: { decision } };
  const auditAnnotations = { decision, rules: violatedRules(violations).join() };
  if (pardon) return { uid, allowed, auditAnnotations };
  const warnings = warningTexts(violations.filter(({ enforcement }) => enforcement === 'warn'));
  return {
    uid,
    allowed,
    ...(allowed
      ? {}
      : {
          status: denial(
            violations.filter(({ enforcement }) => enforcement === 'deny'),
            name || nameOf(object),
            kind,
          ),
        }),
    ...(warnings.length > 0 ? { warnings } : {}),
    auditAnnotations,
  };
}

export function patchResponse(uid: string, patch: readonly PatchOperation[]): AdmissionResponse {
  if (patch.length === 0) return { uid, allowed: true };
  return { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

/** A webhook is registered for the wrong resource: nobody's objects suffer from that. */
export function notOurs(uid: string): AdmissionResponse {
  const warning = 'endpoints-webhook was asked about a resource it does not judge: mend the webhook configuration';
  return { uid, allowed: true, warnings: [warning], auditAnnotations: { decision: 'allowed' } };
}

const failures = {
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
  500: 'InternalError',
  504: 'Timeout',
} as const;

/** What could not be judged is refused by the validating webhook. */
export function failureResponse(uid: string, code: keyof typeof failures, message: string): AdmissionResponse {
  return {
    uid,
    allowed: false,
    status: { code, reason: failures[code], message },
    auditAnnotations: { decision: 'denied' },
  };
}

/** The name a reader knows the object by; `''` where it has none. */
function nameOf(object: unknown): string {
  const { name, generateName } = fieldsOf(fieldsOf(object).metadata);
  if (typeof name === 'string' && name !== '') return name;
  return typeof generateName === 'string' && generateName !== '' ? `${generateName}<generated>` : '';
}
