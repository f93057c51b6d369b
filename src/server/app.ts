import { isAscii, isUtf8 } from 'node:buffer';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { findExcess, findExcessOfIdentity } from '../admission/measure.ts';
import { decodeReview } from '../admission/request.ts';
import { type AdmissionResponse, encodeReview } from '../admission/response.ts';
import { answerClean, answerReview, type ReviewDependencies } from './answer.ts';
import { readBody } from './body.ts';
import { type Budget, createShare, type Share } from './budget.ts';
import type { Webhook } from './metrics.ts';
import { refuseMalformed, refusePath, refuseUnjudged, refuseUnread } from './refusal.ts';
import { type Reply, sendAndClose, sendReply } from './reply.ts';
import { readTimeLimit } from './time-limit.ts';

export interface Service extends ReviewDependencies {
  /** Of one body, and of all bodies and answers that are in memory. */
  readonly limits: { readonly bodyBytes: number; readonly inFlightBytes: number };
  /** Whether the process is about to end: then every answer asks its client to close the connection. */
  readonly draining: () => boolean;
}

/** The two webhooks, without any middleware: each layer would cost every request. */
export function createApp(given: Service): Express {
  const service = { ...given, budget: { bytes: given.limits.inFlightBytes, held: 0 } };
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  for (const webhook of ['validate', 'mutate'] as const)
    app.all(`/${webhook}`, (request, response) => handle(webhook, request, response, service));
  app.use((_, response) => sendReply(response, service.draining(), refusePath(service)));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    service.log.debug({ err: error }, 'a request that cannot be routed');
    sendReply(response, service.draining(), refuseMalformed(service, 'the request cannot be read'));
  };
  app.use(onError);
  return app;
}

interface BudgetedService extends Service {
  readonly budget: Budget;
}

async function handle(webhook: Webhook, request: Request, response: Response, service: BudgetedService): Promise<void> {
  const refused = refuseUnread(request, service);
  if (refused) {
    if (refused.code === 405) response.setHeader('Allow', 'POST');
    sendReply(response, service.draining(), refused);
    return;
  }
  const done = service.metrics.startRequest(webhook);
  const { limits, budget } = service;
  const milliseconds = readTimeLimit(request.url);
  const deadline = performance.now() + milliseconds;
  const share = createShare(budget);
  response.once('close', () => share.hold(0));
  const body = await readBody(request, { bytes: limits.bodyBytes, milliseconds, share });
  if (body.outcome === 'complete') {
    const reply = judgeBody(body.bytes, service, { webhook, deadline, share });
    const finish = createFinisher(response, service, done, body.bytes.length);
    return reply instanceof Promise ? reply.then(finish) : finish(reply); // not awaited: this frame holds the body
  }
  if (body.outcome === 'aborted') service.metrics.countRejection('aborted');
  else {
    const reply = refuseUnjudged(webhook, body.outcome, body.head, service);
    if (request.complete) sendReply(response, service.draining(), reply);
    else sendAndClose(request, response, reply);
  }
  done(0);
}

function createFinisher(response: Response, service: Service, done: (bytes: number) => void, bytes: number) {
  return (reply: Reply) => {
    sendReply(response, service.draining(), reply);
    done(bytes);
  };
}

/** What is known of a call before its body is read. `deadline`: in the time of `performance.now()`. */
interface Call {
  readonly webhook: Webhook;
  readonly deadline: number;
  readonly share: Share;
}

function judgeBody(bytes: Buffer, service: Service, { webhook, deadline, share }: Call): Reply | Promise<Reply> {
  const clean = webhook === 'validate' ? answerClean(bytes, service) : undefined;
  if (clean) return encodeResponse(clean, service, share);
  const excess = findExcess(bytes);
  if (excess) return refuseUnjudged(webhook, 'too-large', bytes, service, excess);
  if (!isUtf8(bytes)) return refuseMalformed(service, 'the body is not UTF-8');
  const { request, problem } = decodeReview(isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8'));
  if (!request) return refuseMalformed(service, problem);
  const identity = findExcessOfIdentity(request);
  if (identity) return refuseUnjudged(webhook, 'too-long', bytes, service, identity);
  const answer = answerReview(webhook, request, service, deadline);
  const finish = (response: AdmissionResponse) => encodeResponse(response, service, share);
  return answer instanceof Promise ? answer.then(finish) : finish(answer);
}

/** Leaves out a patch for which there is no memory: the object is judged without it all the same. */
function encodeResponse(response: AdmissionResponse, { metrics }: Service, share: Share): Reply {
  const text = encodeReview(response);
  if (response.patch === undefined || share.claim(copies * text.length)) return { code: 200, text };
  metrics.countRejection('overloaded');
  return { code: 200, text: encodeReview({ uid: response.uid, allowed: true }) };
}

/** An answer is in memory as text, in base64, as bytes, and encrypted. */
const copies = 4;
