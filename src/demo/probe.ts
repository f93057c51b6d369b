import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../cli/io.ts';
import { UsageError } from '../cli/usage-error.ts';
import { printedLine } from '../endpoints/visible.ts';
import { fieldsOf } from '../json/fields.ts';
import { readTextFile } from '../manifests/text-file.ts';
import { createProbeExchanges, type ProbeExchange } from './probe-exchanges.ts';

export interface ProbeOptions {
  /** PEM: the only authorities that are trusted. Read before each try: a Secret may be filled or rotated meanwhile. */
  readonly caFile: string;
  /** PEM: what is presented to a webhook that demands it. Both or neither. */
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
  /** Where to connect to instead of the host in the URL. The certificate must be for that host all the same. */
  readonly address?: string;
  /** How long to wait for a webhook that cannot be reached, in milliseconds. */
  readonly timeout: number;
}

/** How long one try may take, and how long to wait before the next. */
const requestTimeoutMilliseconds = 5000;
const retryIntervalMilliseconds = 500;

/**
 * Sends three reviews to a running webhook, as an API server would, and checks its answers. Exit code 1 where it cannot be reached and
 * trusted in time, or an answer is wrong. Throws a UsageError where the URL is none.
 */
export async function probe(url: string, options: ProbeOptions, io: Io): Promise<number> {
  const base = parseBaseUrl(url);
  if ((options.clientCertFile === undefined) !== (options.clientKeyFile === undefined))
    throw new UsageError('--client-cert-file and --client-key-file belong together: give both or neither');
  const deadline = performance.now() + options.timeout;
  for (const exchange of createProbeExchanges()) {
    const target = `${base}${exchange.path}`;
    const answer = await askUntil(deadline, () => post(target, exchange.body, options), io);
    const { problem, note = '' } = typeof answer === 'string' ? { problem: answer } : judgeResponse(exchange, answer);
    io.out(printedLine(`${problem === undefined ? 'ok   ' : 'WRONG'} POST ${target}  ${exchange.title}${note}`));
    if (problem === undefined) continue;
    io.err(printedLine(`endpoints-webhook: ${problem}`));
    return 1;
  }
  return 0;
}

/** Without a slash at its end. */
function parseBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '')
    throw new UsageError(`${text} is not a URL to probe: write https://host:port`);
  return url.href.replace(/\/$/, '');
}

/** What came back, or why nothing did until the deadline. Each reason is printed once. */
async function askUntil<T>(deadline: number, ask: () => Promise<T>, io: Io): Promise<T | string> {
  const told = new Set<string>();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const reason = reasonOf(error);
      if (performance.now() + retryIntervalMilliseconds > deadline) return `not reached: ${reason}`;
      if (!told.has(reason)) io.err(printedLine(`waiting: ${reason}`));
      told.add(reason);
      await sleep(retryIntervalMilliseconds);
    }
  }
}

/** A name with several addresses fails with one error for each of them. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

interface HttpResponse {
  readonly status: number;
  readonly text: string;
}

function post(
  url: string,
  body: string,
  { caFile, clientCertFile, clientKeyFile, address }: ProbeOptions,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      url,
      {
        method: 'POST',
        ca: readAuthorities(caFile),
        cert: clientCertFile && readTextFile(clientCertFile),
        key: clientKeyFile && readTextFile(clientKeyFile),
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        timeout: requestTimeoutMilliseconds,
        ...(address === undefined ? {} : { hostname: address, servername: new URL(url).hostname }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer within ${requestTimeoutMilliseconds / 1000} s`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** Refuses an empty file: Node would trust its own list of authorities then. */
function readAuthorities(file: string): string {
  const text = readTextFile(file);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${file} holds no PEM certificate`);
  return text;
}

interface ProbeResult {
  readonly problem?: string;
  readonly note?: string;
}

function judgeResponse(exchange: ProbeExchange, { status, text }: HttpResponse): ProbeResult {
  const response = parseResponse(text);
  if (status !== 200 || response.uid !== exchange.uid)
    return { problem: `HTTP ${status} and not an AdmissionReview with the uid of the review: ${text.slice(0, 200)}` };
  const problem = exchange.expect(response);
  if (problem === undefined) return {};
  if (isByPolicy(exchange, response))
    return { note: ' (answered otherwise: its policy differs from the default policy)' };
  return { problem: `${problem}: ${text.slice(0, 1000)}` };
}

function parseResponse(text: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(fieldsOf(JSON.parse(text)).response);
  } catch {
    return {};
  }
}

/** A policy may fill in less, deny more, or record only; but it always tells a malformed object from another. */
function isByPolicy({ path, mustDeny }: ProbeExchange, response: Readonly<Record<string, unknown>>): boolean {
  if (path === '/mutate') return response.allowed === true;
  const { rules } = fieldsOf(response.auditAnnotations);
  return typeof rules === 'string' && rules.split(',').includes('well-formed') === mustDeny;
}
