import type { Readable } from 'node:stream';
import type { RequestContext } from '@kubernetes/client-node';
import { request } from 'undici';
import type { Connection } from './connection.ts';

/** An answer to a GET, as it was sent. */
export interface JsonResponse {
  readonly status: number;
  /** JSON, or `undefined` where it is none. */
  readonly body: unknown;
  /** Seconds, where the server asks for patience. */
  readonly retryAfter: number | undefined;
}

export interface Limits {
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** Bytes of the answer. */
  readonly size: number;
}

/** An answer was larger than what was allowed. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/**
 * GET of a path, as JSON that nobody has converted: typed reads drop fields that they do not know, and what is stored is what has to
 * be judged. Throws where nothing arrives in time, and a TooLargeError where too much does.
 */
export async function get(
  { configuration }: Connection,
  path: string,
  { timeout, size }: Limits,
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
  const seconds = Number(headers['retry-after']);
  return {
    status: statusCode,
    body: parseJson(await textOf(body, size)),
    retryAfter: seconds >= 0 ? seconds : undefined,
  };
}

async function textOf(body: Readable, size: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > size) throw new TooLargeError(`the answer is larger than ${size} bytes`);
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
