import type { Readable } from 'node:stream';
import type { Connection, StreamedResponse } from './connection.ts';
import { type RequestContext, request } from './packages.ts';
import { TooLargeError } from './too-large-error.ts';

/** An answer to a GET, as it was sent. */
export interface JsonResponse {
  readonly status: number;
  /** JSON, or `undefined` where it is none. */
  readonly body: unknown;
  /** `Retry-After` in seconds, where the server sent it. */
  readonly retryAfterSeconds: number | undefined;
}

export interface GetLimits {
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** Bytes of the answer. */
  readonly maxBytes: number;
}

/**
 * Gets a path as plain JSON: typed reads drop fields that they do not know, and what is stored is what has to be judged. Throws where
 * the answer does not arrive in time, and a TooLargeError where it is too large.
 */
export async function get(
  { configuration, renew }: Connection,
  path: string,
  { timeout, maxBytes }: GetLimits,
): Promise<JsonResponse> {
  const context: RequestContext = configuration.baseServer.makeRequestContext(path, 'GET');
  await configuration.authMethods.default?.applySecurityAuthentication(context);
  const dispatcher = context.getDispatcher();
  const { statusCode, headers, body } = await request(context.getUrl(), {
    method: 'GET',
    headers: { ...context.getHeaders(), accept: 'application/json' },
    ...(dispatcher && { dispatcher }),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    signal: AbortSignal.timeout(timeout),
  });
  if (statusCode === 401) renew();
  return readJson({ statusCode, headers, body }, maxBytes);
}

/** Throws a TooLargeError where it is larger. `heard`: bytes have arrived. */
export async function readJson(
  { statusCode, headers, body }: StreamedResponse,
  maxBytes: number,
  heard: () => void = () => {},
): Promise<JsonResponse> {
  const seconds = Number(headers['retry-after']);
  return {
    status: statusCode,
    body: parseJson(await readText(body, maxBytes, heard)),
    retryAfterSeconds: seconds >= 0 ? seconds : undefined,
  };
}

async function readText(body: Readable, maxBytes: number, heard: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    heard();
    length += chunk.length;
    if (length > maxBytes) throw new TooLargeError(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
