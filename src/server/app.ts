import type { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Conclusion } from '../admission/outcome.ts';
import { uidFromPrefix } from '../admission/uid.ts';
import { type AnswerDependencies, answer, type Call } from './answer.ts';
import { readBody } from './body.ts';
import { type Budget, createShare, type Usage } from './budget.ts';
import type { InForce, Live } from './in-force.ts';
import { type Judges, judgeReview } from './judge-review.ts';
import type { Aborted } from './judge-thread.ts';
import { createLogLimit } from './log-limit.ts';
import { refuseMalformed, refusePath, refuseUnjudged, refuseUnread } from './refusal.ts';
import { type Reply, sendAndClose, sendReply } from './reply.ts';
import { readTimeLimit } from './time-limit.ts';
import { createTurn, others } from './turn.ts';

export interface Service extends Omit<AnswerDependencies, 'mayLog'>, Judges {
  readonly inForce: Live<InForce>;
  /** Of one body. */
  readonly limits: { readonly bodyBytes: number };
  /** Of all bodies and answers that are in memory. */
  readonly budget: Budget;
  /** What the client of a connection holds of the budget. */
  readonly usageOf: (socket: Socket) => Usage;
  /** Whether the process is about to end: then every answer asks its client to close the connection. */
  readonly draining: () => boolean;
}

/** The webhooks, without any middleware: each layer would cost every request. */
export function createApp(given: Service): Express {
  const service = { ...given, mayLog: createLogLimit(given.log), turn: createTurn() };
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['case sensitive routing', 'strict routing']) app.enable(setting);
  for (const [path, asked] of Object.entries(paths))
    app.all(path, (request, response) => handle(asked, request, response, service));
  app.use((_, response) => sendReply(response, service.draining(), refusePath(service)));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    service.log.debug({ err: error }, 'a request that cannot be routed');
    sendReply(response, service.draining(), refuseMalformed(service, 'the request cannot be read'));
  };
  app.use(onError);
  return app;
}

type Asked = Pick<Call, 'webhook' | 'isAdopting'>;

/** The last but one is for Services that may adopt slices, which go on where nobody answers. */
const paths: Readonly<Record<string, Asked>> = {
  '/validate': { webhook: 'validate', isAdopting: false },
  '/validate/adopting': { webhook: 'validate', isAdopting: true },
  '/mutate': { webhook: 'mutate', isAdopting: false },
};

interface RunningService extends Service, AnswerDependencies {
  /** Waits until what has arrived together is judged. */
  readonly turn: (bytes: number) => Promise<void>;
}

async function handle(asked: Asked, request: Request, response: Response, service: RunningService): Promise<void> {
  const refused = refuseUnread(request, service);
  if (refused) {
    if (refused.code === 405) response.setHeader('Allow', 'POST');
    sendReply(response, service.draining(), refused);
    return;
  }
  const inForce = service.inForce.current;
  const done = service.metrics.startRequest(asked.webhook);
  const milliseconds = readTimeLimit(request.url);
  const deadline = performance.now() + milliseconds;
  const share = createShare(
    service.budget,
    service.usageOf(request.socket),
    Number(request.headers['content-length'] ?? 0),
  );
  const body = await readBody(request, { bytes: service.limits.bodyBytes, milliseconds, share });
  if (body.outcome === 'complete') {
    const takesTurns = body.bytes.length <= maxTurnBytes;
    if (takesTurns) await service.turn(body.bytes.length);
    const exchange = { response, service, done, bytes: body.bytes.length };
    const call = { ...asked, deadline, inForce, share, isWanted: () => !response.destroyed };
    const judged = judgeReview(body.bytes, call, service);
    if (takesTurns) await others;
    if (!(judged instanceof Promise)) return finish(judged, call, exchange);
    return judged.then((outcome) => finish(outcome, call, exchange)); // not awaited: this frame holds the body
  }
  share.hold(0);
  if (body.outcome === 'aborted') service.metrics.countRejection('aborted');
  else {
    const reply = refuseUnjudged(asked, body.outcome, uidFromPrefix(body.head), service);
    if (request.complete) sendReply(response, service.draining(), reply);
    else sendAndClose(request, response, reply);
  }
  done(0);
}

/** What is larger takes so long that waiting for others makes no difference. */
const maxTurnBytes = 32_768;

interface Exchange {
  readonly response: Response;
  readonly service: RunningService;
  readonly done: (bytes: number) => void;
  /** Of the body. */
  readonly bytes: number;
}

function finish(outcome: Conclusion | Aborted, call: Call, exchange: Exchange): void | Promise<void> {
  const { response, service, done, bytes } = exchange;
  const reply = outcome.outcome === 'aborted' ? undefined : answer(outcome, call, service);
  if (response.destroyed) call.share.hold(0);
  else response.once('close', () => call.share.hold(0));
  const send = (text: Reply) => {
    sendReply(response, service.draining(), text);
    done(bytes);
  };
  if (reply) return reply instanceof Promise ? reply.then(send) : send(reply);
  service.metrics.countRejection('aborted');
  done(0);
}
