import type { Readable } from 'node:stream';
import type { Connection, StreamedResponse } from './connection.ts';
import type { Headers } from './headers.ts';
import { type RequestContext, request } from './packages.ts';
import { NoMemoryError, TooLargeError } from './too-large-error.ts';

/** An answer to a GET, as it was sent. */
export interface BytesResponse {
  readonly status: number;
  readonly bytes: Buffer;
}

/** The same, parsed. */
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
  /** Asked whether so many bytes more may be held: where not, the answer is too large. */
  readonly mayHold?: (bytes: number) => boolean;
}

/**
 * Gets a path as plain JSON: typed reads drop fields that they do not know, and what is stored is what has to be judged. Throws where
 * the answer does not arrive in time, and a TooLargeError where it is too large.
 */
export async function get(connection: Connection, path: string, limits: GetLimits): Promise<JsonResponse> {
  return readJson(await send(connection, { method: 'GET', path }, limits), limits.maxBytes);
}

/** The same, without parsing it. */
export async function getBytes(connection: Connection, path: string, limits: GetLimits): Promise<BytesResponse> {
  const { statusCode, body } = await send(connection, { method: 'GET', path }, limits);
  return { status: statusCode, bytes: await readBytes(body, limits) };
}

/** What is sent to an API server. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** Goes out as JSON, which `contentType` may say is more than that. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Headers;
}

/** Resolves once the head of the answer is there, which may say anything; its body has to be read. */
export async function send(
  { configuration, renew }: Connection,
  { method, path, body: content, contentType = 'application/json', headers: more }: Call,
  { timeout }: Pick<GetLimits, 'timeout'>,
): Promise<StreamedResponse> {
  const context: RequestContext = configuration.baseServer.makeRequestContext(path, 'GET');
  await configuration.authMethods.default?.applySecurityAuthentication(context);
  const dispatcher = context.getDispatcher();
  const { statusCode, headers, body } = await request(context.getUrl(), {
    method,
    headers: {
      ...{ ...context.getHeaders(), ...more, accept: 'application/json' },
      ...(content !== undefined && { 'content-type': contentType }),
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
    ...(dispatcher && { dispatcher }),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    signal: AbortSignal.timeout(timeout),
  });
  if (statusCode === 401) renew();
  return { statusCode, headers, body };
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
    body: parseJson((await readBytes(body, { maxBytes, heard })).toString('utf8')),
    retryAfterSeconds: seconds >= 0 ? seconds : undefined,
  };
}

interface Reading extends Pick<GetLimits, 'maxBytes' | 'mayHold'> {
  readonly heard?: () => void;
}

async function readBytes(body: Readable, { maxBytes, mayHold, heard }: Reading): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    heard?.();
    length += chunk.length;
    if (length > maxBytes) throw new TooLargeError(`the answer is larger than ${maxBytes} bytes`);
    if (mayHold?.(chunk.length) === false) throw new NoMemoryError('there is no memory left for the answer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
