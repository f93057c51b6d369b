import type { IncomingMessage } from 'node:http';
import { prefixLength } from '../admission/uid.ts';

/** How reading a body ended. `head`: its first bytes, enough to find a uid in. */
export type Body =
  | { readonly outcome: 'complete'; readonly bytes: Buffer }
  | { readonly outcome: 'too-large' | 'late' | 'overloaded'; readonly head: Buffer }
  | { readonly outcome: 'aborted' };

export interface BodyLimits {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly budget: Budget;
}

/** How many bytes of bodies may be held at once, by all requests together, and how many are. */
export interface Budget {
  readonly bytes: number;
  held: number;
}

/** Reads a body. What exceeds the limit is read on and thrown away, so that the client gets to read an answer. Never rejects. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    let held = 0;
    let excess: 'too-large' | 'overloaded' | undefined;
    const { budget } = limits;
    const hold = (bytes: number) => {
      budget.held += bytes - held;
      held = bytes;
    };
    const end = (body: Body) => {
      clearTimeout(timer);
      hold(0);
      request.removeAllListeners('data');
      chunks = []; // the listeners below live as long as the request
      resolve(body);
    };
    const head = () => Buffer.concat(chunks).subarray(0, prefixLength);
    const timer = setTimeout(() => end({ outcome: excess ?? 'late', head: head() }), limits.milliseconds);
    request.on('data', (chunk: Buffer) => {
      if (excess) return;
      size += chunk.length;
      chunks.push(chunk);
      hold(size);
      if (size > limits.bytes) excess = 'too-large';
      else if (budget.held > budget.bytes) excess = 'overloaded';
      if (!excess) return;
      chunks = [Buffer.from(head())];
      hold(prefixLength);
    });
    request.on('end', () => {
      if (excess) end({ outcome: excess, head: head() });
      else
        end({ outcome: 'complete', bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size) });
    });
    request.on('error', () => end({ outcome: 'aborted' }));
    request.on('close', () => end({ outcome: 'aborted' }));
  });
}
