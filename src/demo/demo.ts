import https from 'node:https';
import type { Io } from '../cli/io.ts';
import { isFields } from '../json/fields.ts';
import { type RunningWebhook, serve } from '../serve/serve.ts';
import { leastLimits } from '../serve/serve-limits.ts';
import { serveDefaults } from '../serve/serve-options.ts';
import { createExchanges, type Exchange } from './exchanges.ts';

/** What came back: the HTTP status and the AdmissionReview's response, or the Status sent instead of it. */
interface DemoResponse {
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Starts a webhook on free ports, sends it reviews, and shows the answers. Exit code 1 where one is not what it should be. */
export async function demo(version: string, io: Io): Promise<number> {
  const options = { ...serveDefaults, ...leastLimits, port: 0, operationsPort: 0, logLevel: 'silent' };
  const running = await serve(options, version, { write: () => {} });
  io.out(
    `A webhook listens on https://127.0.0.1:${running.port}, with a self-signed certificate and the default policy.\n`,
  );
  let wrong = 0;
  for (const exchange of createExchanges()) {
    const answer = await send(running, exchange);
    const problem =
      answer.body.uid === exchange.uid ? exchange.expect(answer.body) : 'it must carry the uid of the review';
    io.out(`\n── ${exchange.title}\n   POST ${exchange.path}  ${exchange.shown}\n${indent(describe(answer))}\n`);
    if (problem === undefined) continue;
    wrong++;
    io.out(`   WRONG: ${problem}\n`);
  }
  await running.close();
  io.out(`\n${wrong === 0 ? 'Every answer is what it should be.' : `${wrong} answers are not what they should be.`}\n`);
  return wrong === 0 ? 0 : 1;
}

function send({ port, certificate }: RunningWebhook, { path, body, complete }: Exchange): Promise<DemoResponse> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        ca: certificate,
        agent: false,
        headers: { 'Content-Type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(parseResponse(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.write(body);
    if (complete) request.end();
  });
}

function parseResponse(code: number, text: string): DemoResponse {
  const body: unknown = JSON.parse(text);
  if (!isFields(body)) throw new Error(`not an AdmissionReview: ${text}`);
  return { code, body: isFields(body.response) ? body.response : body };
}

function describe({ code, body }: DemoResponse): string {
  const lines = [`HTTP ${code}  ${body.allowed === true ? 'allowed' : 'denied'}`];
  if (isFields(body.status)) {
    lines[0] += `, code ${body.status.code}`;
    lines.push(...String(body.status.message).split('; '));
  }
  if (Array.isArray(body.warnings)) lines.push(...body.warnings.map((warning) => `Warning: ${warning}`));
  if (typeof body.patch === 'string') lines.push(`patch ${Buffer.from(body.patch, 'base64').toString()}`);
  return lines.join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '   ');
}
