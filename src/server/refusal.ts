import type { Request } from 'express';
import type { Logger } from 'pino';
import type { Webhook } from '../admission/outcome.ts';
import { createFailureResponse, createUnjudgedResponse, encodeReview } from '../admission/response.ts';
import { visible } from '../endpoints/visible.ts';
import type { Metrics, Rejection } from './metrics.ts';
import type { Reply } from './reply.ts';

/** What the answers to calls that are not judged need. */
export interface RefusalDependencies {
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Whether one more line about a review may be logged now. Ask it only where there is a line. */
  readonly mayLog: () => boolean;
  readonly limits: { readonly bodyBytes: number };
}

export function refusePath(dependencies: RefusalDependencies): Reply {
  return reject(dependencies, 'path', 404, 'NotFound', 'not found: POST to /validate, /validate/adopting or /mutate');
}

/** What is wrong with a call, before its body is read; `undefined` where nothing is. */
export function refuseUnread({ method, headers }: Request, dependencies: RefusalDependencies): Reply | undefined {
  if (method !== 'POST') return reject(dependencies, 'method', 405, 'MethodNotAllowed', 'use POST');
  const type = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  let problem: string | undefined;
  if (type !== 'application/json' && !/^application\/json\s*(?:;|$)/i.test(type))
    problem = 'send Content-Type: application/json';
  else if (encoding.toLowerCase() !== 'identity') problem = 'send the body without a content encoding';
  return problem === undefined ? undefined : reject(dependencies, 'content', 415, 'UnsupportedMediaType', problem);
}

const unreadable = {
  late: { call: 408, verdict: 504, reason: 'Timeout', remedy: 'try again' },
  overloaded: { call: 429, verdict: 429, reason: 'TooManyRequests', remedy: 'try again in a while' },
  'client-overloaded': { call: 429, verdict: 429, reason: 'TooManyRequests', remedy: 'try again in a while' },
  'too-large': { call: 413, verdict: 413, reason: 'RequestEntityTooLarge', remedy: 'split the object' },
  'too-long': {
    call: 413,
    verdict: 413,
    reason: 'RequestEntityTooLarge',
    remedy: 'shorten the names, or be a user with fewer groups',
  },
  'internal-error': {
    call: 500,
    verdict: 500,
    reason: 'InternalError',
    remedy: 'the log of endpoints-webhook says why',
  },
} as const;

/**
 * The verdict on a body that was not judged: the validating webhook denies it, the mutating webhook lets it pass to the other, and whoever
 * asks about Services that go on without us gets a warning. `uid`: where one is found.
 */
export function refuseUnjudged(
  { webhook, isAdopting }: { readonly webhook: Webhook; readonly isAdopting: boolean },
  outcome: keyof typeof unreadable,
  uid: string | undefined,
  dependencies: RefusalDependencies,
  excess = `more than ${dependencies.limits.bodyBytes} bytes`,
): Reply {
  const { metrics, log, mayLog } = dependencies;
  const { call, verdict, reason, remedy } = unreadable[outcome];
  const problems = {
    late: 'was not ready to be judged within its deadline',
    overloaded: 'came when too many others were being read',
    'client-overloaded': 'came when too many others from the same address were being read',
    'too-large': `has ${excess}`,
    'too-long': `has ${excess}`,
    'internal-error': 'ended the thread that judges large ones',
  };
  const message = `the review ${problems[outcome]}, so it could not be judged: ${remedy}`;
  if (uid === undefined) return reject(dependencies, outcome, call, reason, message);
  metrics.countRejection(outcome);
  const decision = webhook === 'mutate' || isAdopting ? 'allowed' : 'denied';
  if (log.isLevelEnabled('info') && mayLog()) log.info({ uid, webhook, decision, code: verdict }, message);
  const response = isAdopting ? createUnjudgedResponse(uid, message) : createFailureResponse(uid, verdict, message);
  return { code: 200, text: encodeReview(webhook === 'mutate' ? { uid, allowed: true } : response) };
}

export function refuseMalformed(dependencies: RefusalDependencies, message: string): Reply {
  return reject(dependencies, 'bad-request', 400, 'BadRequest', message);
}

/** An answer without a verdict. An API server takes it for a failed call, so the failurePolicy of the webhook decides. */
function reject(
  { metrics, log }: RefusalDependencies,
  rejection: Rejection,
  code: number,
  reason: string,
  message: string,
): Reply {
  metrics.countRejection(rejection);
  log.debug({ code, message }, 'a call without a verdict');
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code };
  return { code, text: visible(JSON.stringify(status)) };
}
