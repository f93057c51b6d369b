import type { Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { judgeBody, judgeRead, judgeTree } from '../admission/judge-body.ts';
import { hasFewValues } from '../admission/measure.ts';
import type { Doubted, Outcome, Webhook } from '../admission/outcome.ts';
import { uidFromPrefix } from '../admission/uid.ts';
import type { ClusterState } from '../endpoints/cluster-state.ts';
import type { Policy } from '../policy/policy.ts';
import { type AnswerDependencies, answer, type Call } from './answer.ts';
import { readBody } from './body.ts';
import {
  type Budget,
  createShare,
  maxMainThreadBytes,
  maxMainThreadValues,
  maxMutationBytes,
  maxSmallBytes,
  type Usage,
} from './budget.ts';
import type { Confirm } from './confirm.ts';
import type { Aborted, JudgedReview, JudgeThread } from './judge-thread.ts';
import { createLogLimit } from './log-limit.ts';
import { refuseMalformed, refusePath, refuseUnjudged, refuseUnread } from './refusal.ts';
import { type Reply, sendAndClose, sendReply } from './reply.ts';
import { readTimeLimit } from './time-limit.ts';
import { createTurn, others } from './turn.ts';

export interface Service extends Omit<AnswerDependencies, 'mayLog'> {
  readonly policy: Policy;
  /** Judges what would hold the event loop. */
  readonly thread: Pick<JudgeThread, 'judge'>;
  /** What is known of the cluster, and who asks it; absent where no rule has to know it. */
  readonly cluster?: { readonly state: ClusterState; readonly confirm: Confirm } | undefined;
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
  const service = { ...given, mayLog: createLogLimit(given.log), turn: createTurn() };
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

interface RunningService extends Service, AnswerDependencies {
  /** Waits until what has arrived together is judged. */
  readonly turn: (bytes: number) => Promise<void>;
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
  const body = await readBody(request, { bytes: service.limits.bodyBytes, milliseconds, share });
  if (body.outcome === 'complete') {
    const takesTurns = body.bytes.length <= maxTurnBytes;
    if (takesTurns) await service.turn(body.bytes.length);
    const exchange = { response, service, done, bytes: body.bytes.length };
    const call = { webhook, deadline, share };
    const judged = judge(body.bytes, call, exchange);
    if (takesTurns) await others;
    if (!(judged instanceof Promise)) return finish(judged, call, exchange);
    return judged.then((outcome) => finish(outcome, call, exchange)); // not awaited: this frame holds the body
  }
  share.hold(0);
  if (body.outcome === 'aborted') service.metrics.countRejection('aborted');
  else {
    const reply = refuseUnjudged(webhook, body.outcome, uidFromPrefix(body.head), service);
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

/** What is larger is judged here only where it can be read in one pass over its bytes within these bounds, or holds few values. */
const bounds = { maxValues: 20_000, maxViolations: 100 };

/** Also asks the cluster, where the verdict rests on it. */
function judge(bytes: Buffer, call: Call, exchange: Exchange): Outcome | Promise<Outcome | Aborted> {
  const { cluster } = exchange.service;
  const judged = judgeOnce(bytes, call, exchange, cluster?.state);
  if (!(judged instanceof Promise))
    return judged.outcome === 'doubted' ? confirm(judged, bytes, call, exchange) : judged;
  return judged.then(({ outcome, bytes: kept }) =>
    outcome.outcome === 'doubted' && kept ? confirm(outcome, kept, call, exchange) : outcome,
  );
}

/** Keeps the body until it is settled. */
function confirm(first: Doubted, bytes: Buffer, call: Call, exchange: Exchange): Outcome | Promise<Outcome | Aborted> {
  const { cluster } = exchange.service;
  if (!cluster) return first;
  let body = bytes;
  const isInstant = bytes.length <= maxSmallBytes;
  const judgeAgain = (state: ClusterState) => {
    const judged = judgeOnce(body, call, exchange, state);
    if (!(judged instanceof Promise)) return judged;
    return judged.then(({ outcome, bytes: kept }) => {
      body = kept ?? body;
      return outcome;
    });
  };
  return cluster.confirm({ first, deadline: call.deadline, bytes: bytes.length, isInstant, judge: judgeAgain });
}

function judgeOnce(
  bytes: Buffer,
  { webhook, deadline }: Call,
  { response, service: { policy, thread } }: Exchange,
  cluster: ClusterState | undefined,
): Outcome | Promise<JudgedReview> {
  const asking = cluster && { askCluster: () => cluster };
  const maxBytes = webhook === 'validate' ? maxMainThreadBytes : maxMutationBytes;
  if (bytes.length <= maxBytes) return judgeBody(bytes, webhook, policy, asking);
  if (bytes.length <= maxSmallBytes) {
    const read = webhook === 'validate' ? judgeRead(bytes, policy, { ...bounds, ...asking }) : undefined;
    if (read) return read;
    if (hasFewValues(bytes, maxMainThreadValues)) return judgeTree(bytes, webhook, policy, asking);
  }
  return thread.judge({ bytes, webhook, deadline, isWanted: () => !response.destroyed, cluster });
}

function finish(outcome: Outcome | Aborted, call: Call, exchange: Exchange): void | Promise<void> {
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
