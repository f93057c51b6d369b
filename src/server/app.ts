import { isAscii, isUtf8 } from 'node:buffer';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { exceeds } from '../admission/measure.ts';
import { decodeReview } from '../admission/request.ts';
import { type AdmissionResponse, encodeReview, failureResponse } from '../admission/response.ts';
import { uidFromPrefix } from '../admission/uid.ts';
import { answerReview, type Judging } from './answer.ts';
import { type Budget, readBody } from './body.ts';
import { deadlineOf } from './deadline.ts';
import type { Rejection, Webhook } from './metrics.ts';

export interface Service extends Judging {
  /** Of one body, and of all that are being read. */
  readonly limits: { readonly bodyBytes: number; readonly inFlightBytes: number };
  /** Whether the process is about to end: then every answer asks its client to leave. */
  readonly draining: () => boolean;
}

/** What goes back: an AdmissionReview, or a Status where no verdict can be addressed. Never with `Retry-After`. */
interface Reply {
  readonly code: number;
  readonly text: string;
}

/** The two webhooks. Nothing but what they need stands between the socket and the judge: each layer costs every request. */
export function createApp(given: Service): Express {
  const service = { ...given, budget: { bytes: given.limits.inFlightBytes, held: 0 } };
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  for (const webhook of ['validate', 'mutate'] as const)
    app.all(`/${webhook}`, (request, response) => handle(webhook, request, response, service));
  app.use((_, response) => {
    const message = 'not found: POST to /validate or /mutate';
    send(response, service, reject(service, 'path', 404, 'NotFound', message));
  });
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    service.log.debug({ err: error }, 'a request that cannot be routed');
    send(response, service, badRequest(service, 'the request cannot be read'));
  };
  app.use(onError);
  return app;
}

interface Reading extends Service {
  readonly budget: Budget;
}

async function handle(webhook: Webhook, request: Request, response: Response, service: Reading): Promise<void> {
  const refused = refuseUnread(request, service);
  if (refused) {
    if (refused.code === 405) response.setHeader('Allow', 'POST');
    send(response, service, refused);
    return;
  }
  const done = service.metrics.begin(webhook);
  const { limits, budget } = service;
  const milliseconds = deadlineOf(request.url);
  const deadline = performance.now() + milliseconds;
  const body = await readBody(request, { bytes: limits.bodyBytes, milliseconds, budget });
  if (body.outcome === 'complete') {
    const reply = judgeBody(webhook, body.bytes, service, deadline);
    const finish = finishing(response, service, done, body.bytes.length);
    return reply instanceof Promise ? reply.then(finish) : finish(reply); // not awaited: this frame holds the body
  }
  if (body.outcome === 'aborted') service.metrics.rejected('aborted');
  else {
    if (!request.complete) response.setHeader('Connection', 'close'); // nobody will read the rest
    send(response, service, unread(webhook, body.outcome, body.head, service));
  }
  done(0);
}

function finishing(response: Response, service: Service, done: (bytes: number) => void, bytes: number) {
  return (reply: Reply) => {
    send(response, service, reply);
    done(bytes);
  };
}

/** What is wrong with a call before its body is looked at. */
function refuseUnread({ method, headers }: Request, service: Service): Reply | undefined {
  if (method !== 'POST') return reject(service, 'method', 405, 'MethodNotAllowed', 'use POST');
  const type = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  let problem: string | undefined;
  if (!/^application\/json\s*(?:;|$)/i.test(type)) problem = 'send Content-Type: application/json';
  else if (encoding.toLowerCase() !== 'identity') problem = 'send the body without a content encoding';
  return problem === undefined ? undefined : reject(service, 'content', 415, 'UnsupportedMediaType', problem);
}

function judgeBody(webhook: Webhook, bytes: Buffer, service: Service, deadline: number): Reply | Promise<Reply> {
  const excess = exceeds(bytes);
  if (excess) return unread(webhook, 'too-large', bytes, service, excess);
  if (!isUtf8(bytes)) return badRequest(service, 'the body is not UTF-8');
  const { request, problem } = decodeReview(isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8'));
  if (!request) return badRequest(service, problem);
  const answer = answerReview(webhook, request, service, deadline);
  return answer instanceof Promise ? answer.then(verdict) : verdict(answer);
}

function verdict(response: AdmissionResponse): Reply {
  return { code: 200, text: encodeReview(response) };
}

const unreadable = {
  late: { call: 408, verdict: 504, reason: 'Timeout', remedy: 'try again' },
  overloaded: { call: 429, verdict: 429, reason: 'TooManyRequests', remedy: 'try again in a while' },
  'too-large': { call: 413, verdict: 413, reason: 'RequestEntityTooLarge', remedy: 'split the object' },
} as const;

/** A verdict on what was not read: the validating webhook refuses it, the mutating one leaves it to the validating. */
function unread(
  webhook: Webhook,
  outcome: keyof typeof unreadable,
  head: Buffer,
  service: Service,
  excess = `more than ${service.limits.bodyBytes} bytes`,
): Reply {
  const { call, verdict, reason, remedy } = unreadable[outcome];
  const problems = {
    late: 'did not arrive within its deadline',
    overloaded: 'came when too many others were being read',
    'too-large': `has ${excess}`,
  };
  const message = `the review ${problems[outcome]}, so it could not be judged: ${remedy}`;
  const uid = uidFromPrefix(head);
  if (uid === undefined) return reject(service, outcome, call, reason, message);
  service.metrics.rejected(outcome);
  const decision = webhook === 'mutate' ? 'allowed' : 'denied';
  service.log.info({ uid, webhook, decision, code: verdict }, message);
  const response = webhook === 'mutate' ? { uid, allowed: true } : failureResponse(uid, verdict, message);
  return { code: 200, text: encodeReview(response) };
}

function badRequest(service: Service, message: string): Reply {
  return reject(service, 'bad-request', 400, 'BadRequest', message);
}

/** An answer that is no verdict. To an API server it is a failed call, so the webhook's failurePolicy decides. */
function reject({ metrics, log }: Service, rejection: Rejection, code: number, reason: string, message: string): Reply {
  metrics.rejected(rejection);
  log.debug({ code, message }, 'a call without a verdict');
  return { code, text: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }) };
}

function send(response: Response, { draining }: Service, { code, text }: Reply): void {
  if (draining()) response.setHeader('Connection', 'close');
  response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
}
