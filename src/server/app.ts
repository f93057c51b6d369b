import { isAscii, isUtf8 } from 'node:buffer';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { exceeds } from '../admission/measure.ts';
import { decodeReview } from '../admission/request.ts';
import { type AdmissionResponse, encodeReview, failureResponse } from '../admission/response.ts';
import { uidFromPrefix } from '../admission/uid.ts';
import type { Policy } from '../policy/policy.ts';
import { answerReview } from './answer.ts';
import { readBody } from './body.ts';
import { deadlineOf } from './deadline.ts';
import type { Metrics, Rejection, Webhook } from './metrics.ts';

export interface Service {
  readonly policy: Policy;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly maxBodyBytes: number;
  /** Whether the process is about to end: then every answer asks its client to leave. */
  readonly draining: () => boolean;
}

/** The two webhooks. Nothing but what they need stands between the socket and the judge: each layer costs every request. */
export function createApp(service: Service): Express {
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  for (const webhook of ['validate', 'mutate'] as const)
    app.all(`/${webhook}`, (request, response) => handle(webhook, request, response, service));
  app.use((_, response) => {
    reject(response, service, 'path', 404, 'NotFound', 'not found: POST to /validate or /mutate');
  });
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    service.log.debug({ err: error }, 'a request that cannot be routed');
    reject(response, service, 'bad-request', 400, 'BadRequest', 'the request cannot be read');
  };
  app.use(onError);
  return app;
}

async function handle(webhook: Webhook, request: Request, response: Response, service: Service): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST');
    return reject(response, service, 'method', 405, 'MethodNotAllowed', 'use POST');
  }
  const unsupported = unsupportedContent(request);
  if (unsupported) return reject(response, service, 'content', 415, 'UnsupportedMediaType', unsupported);

  const done = service.metrics.begin(webhook);
  const body = await readBody(request, { bytes: service.maxBodyBytes, milliseconds: deadlineOf(request.url) });
  if (body.outcome === 'complete') judgeBody(webhook, body.bytes, response, service);
  else if (body.outcome === 'aborted') service.metrics.rejected('aborted');
  else unread(webhook, body.outcome, body.head, response, service);
  done(body.outcome === 'complete' ? body.bytes.length : 0);
}

function unsupportedContent({ headers }: Request): string | undefined {
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) return 'send Content-Type: application/json';
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding.toLowerCase() === 'identity' ? undefined : 'send the body without a content encoding';
}

function judgeBody(webhook: Webhook, bytes: Buffer, response: Response, service: Service): void {
  const excess = exceeds(bytes);
  if (excess) return unread(webhook, 'too-large', bytes, response, service, excess);
  if (!isUtf8(bytes)) return badRequest(response, service, 'the body is not UTF-8');
  const { request, problem } = decodeReview(isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8'));
  if (!request) return badRequest(response, service, problem);
  sendReview(response, service, answerReview(webhook, request, service));
}

/** A verdict on what was not read: the validating webhook refuses it, the mutating one leaves it to the validating. */
function unread(
  webhook: Webhook,
  outcome: 'too-large' | 'late',
  head: Buffer,
  response: Response,
  service: Service,
  excess = `more than ${service.maxBodyBytes} bytes`,
): void {
  service.metrics.rejected(outcome);
  if (!response.req.complete) response.setHeader('Connection', 'close');
  const uid = uidFromPrefix(head);
  const [code, message] =
    outcome === 'late'
      ? ([504, 'the review did not arrive within its deadline, so it could not be judged: try again'] as const)
      : ([413, `the review has ${excess}, so it could not be judged: split the object`] as const);
  if (uid === undefined) {
    const [status, reason] =
      outcome === 'late' ? ([408, 'Timeout'] as const) : ([413, 'RequestEntityTooLarge'] as const);
    return sendStatus(response, service, status, reason, message);
  }
  service.log.info({ uid, webhook, decision: webhook === 'mutate' ? 'allowed' : 'denied', code }, message);
  sendReview(response, service, webhook === 'mutate' ? { uid, allowed: true } : failureResponse(uid, code, message));
}

function badRequest(response: Response, service: Service, message: string): void {
  reject(response, service, 'bad-request', 400, 'BadRequest', message);
}

/** An answer that is no verdict. To an API server it is a failed call, so the webhook's failurePolicy decides. */
function reject(
  response: Response,
  service: Service,
  rejection: Rejection,
  code: number,
  reason: string,
  message: string,
): void {
  service.metrics.rejected(rejection);
  service.log.debug({ code, message }, 'a call without a verdict');
  sendStatus(response, service, code, reason, message);
}

function sendStatus(response: Response, service: Service, code: number, reason: string, message: string): void {
  send(
    response,
    service,
    code,
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }),
  );
}

function sendReview(response: Response, service: Service, review: AdmissionResponse): void {
  send(response, service, 200, encodeReview(review));
}

function send(response: Response, { draining }: Service, code: number, text: string): void {
  if (draining()) response.setHeader('Connection', 'close');
  response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
}
