import type { IncomingMessage } from 'node:http';
import { prefixLength } from '../admission/uid.ts';

/** How reading a body ended. `head`: its first bytes, enough to find a uid in. */
export type Body =
  | { readonly outcome: 'complete'; readonly bytes: Buffer }
  | { readonly outcome: 'too-large' | 'late'; readonly head: Buffer }
  | { readonly outcome: 'aborted' };

export interface BodyLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Reads a body. What exceeds the limit is read on and thrown away, so that the client gets to read an answer. Never rejects. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const end = (body: Body) => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      resolve(body);
    };
    const head = () => Buffer.concat(chunks).subarray(0, prefixLength);
    const timer = setTimeout(
      () => end({ outcome: size > limits.bytes ? 'too-large' : 'late', head: head() }),
      limits.milliseconds,
    );
    request.on('data', (chunk: Buffer) => {
      const before = size;
      size += chunk.length;
      if (size <= limits.bytes) chunks.push(chunk);
      else if (before <= limits.bytes)
        chunks = [Buffer.from(Buffer.concat([...chunks, chunk]).subarray(0, prefixLength))];
    });
    request.on('end', () => {
      if (size > limits.bytes) end({ outcome: 'too-large', head: head() });
      else
        end({ outcome: 'complete', bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size) });
    });
    request.on('error', () => end({ outcome: 'aborted' }));
    request.on('close', () => end({ outcome: 'aborted' }));
  });
}
