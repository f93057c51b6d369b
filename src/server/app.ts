import { isAscii, isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { findExcess, findExcessOfIdentity } from '../admission/measure.ts';
import { decodeReview } from '../admission/request.ts';
import { type AdmissionResponse, encodeReview } from '../admission/response.ts';
import { answerClean, answerReview, type ReviewDependencies } from './answer.ts';
import { type Body, headOf, readBody } from './body.ts';
import { type Budget, createShare, maxSmallBytes, type Share, type Usage } from './budget.ts';
import { createLargeQueue } from './large-queue.ts';
import { createLogLimit } from './log-limit.ts';
import type { Webhook } from './metrics.ts';
import { refuseMalformed, refusePath, refuseUnjudged, refuseUnread } from './refusal.ts';
import { type Reply, sendAndClose, sendReply } from './reply.ts';
import { readTimeLimit } from './time-limit.ts';

export interface Service extends Omit<ReviewDependencies, 'mayLog'> {
  /** Of one body. */
  readonly limits: { readonly bodyBytes: number };
  /** Of all bodies and answers that are in memory. */
  readonly budget: Budget;
  /** What the client of a connection holds of the budget. */
  readonly usageOf: (socket: Socket) => Usage;
  /** Whether the process is about to end: then every answer asks its client to close the connection. */
  readonly draining: () => boolean;
}

/** The two webhooks, without any middleware: each layer would cost every request. */
export function createApp(given: Service): Express {
  const service = { ...given, mayLog: createLogLimit(given.log), waitForTurn: createLargeQueue() };
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

interface RunningService extends Service, ReviewDependencies {
  /** For large reviews. */
  readonly waitForTurn: () => Promise<void>;
}

async function handle(webhook: Webhook, request: Request, response: Response, service: RunningService): Promise<void> {
  const refused = refuseUnread(request, service);
  if (refused) {
    if (refused.code === 405) response.setHeader('Allow', 'POST');
    sendReply(response, service.draining(), refused);
    return;
  }
  const done = service.metrics.startRequest(webhook);
  const milliseconds = readTimeLimit(request.url);
  const deadline = performance.now() + milliseconds;
  const share = createShare(
    service.budget,
    service.usageOf(request.socket),
    Number(request.headers['content-length'] ?? 0),
  );
  const read = await readBody(request, { bytes: service.limits.bodyBytes, milliseconds, share });
  const isLarge = read.outcome === 'complete' && read.bytes.length > maxSmallBytes;
  const body = isLarge ? await takeTurn(read, response, deadline, service) : read;
  if (body.outcome === 'complete') {
    response.once('close', () => share.hold(0));
    const reply = judgeBody(body.bytes, service, { webhook, deadline, share });
    const finish = createFinisher(response, service, done, body.bytes.length);
    return reply instanceof Promise ? reply.then(finish) : finish(reply); // not awaited: this frame holds the body
  }
  share.hold(0);
  if (body.outcome === 'aborted') service.metrics.countRejection('aborted');
  else {
    const reply = refuseUnjudged(webhook, body.outcome, body.head, service);
    if (request.complete) sendReply(response, service.draining(), reply);
    else sendAndClose(request, response, reply);
  }
  done(0);
}

/** When its turn has come, the client of a body may be gone, and its time may be over. */
async function takeTurn(
  body: Extract<Body, { outcome: 'complete' }>,
  response: Response,
  deadline: number,
  { waitForTurn }: RunningService,
): Promise<Body> {
  await waitForTurn();
  if (response.destroyed) return { outcome: 'aborted' };
  return performance.now() < deadline ? body : { outcome: 'late', head: headOf(body.bytes) };
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

function judgeBody(bytes: Buffer, service: RunningService, { webhook, deadline, share }: Call): Reply | Promise<Reply> {
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
  const overload = response.patch === undefined ? undefined : share.claim(copies * text.length);
  if (!overload) return { code: 200, text };
  metrics.countRejection(overload);
  return { code: 200, text: encodeReview({ uid: response.uid, allowed: true }) };
}

/** An answer is in memory as text, in base64, as bytes, and encrypted. */
const copies = 4;
