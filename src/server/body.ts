import type { IncomingMessage } from 'node:http';
import type { Share } from './budget.ts';

/** How reading a body ended. `head`: its first bytes, enough to find a uid in. */
export type Body =
  | { readonly outcome: 'complete'; readonly bytes: Buffer }
  | { readonly outcome: Refusal; readonly head: Buffer }
  | { readonly outcome: 'aborted' };

export type Refusal = 'too-large' | 'late' | 'overloaded';

export interface BodyLimits {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly share: Share;
}

/** As much of a refused body as is looked at. API servers write the uid within the first 200 bytes. */
export const headLength = 1024;

/**
 * Reads a body, and holds its share of the budget for as long as nobody lets go of that. What exceeds a limit is refused at once, and what
 * still comes of it is thrown away. Never rejects.
 */
export function readBody(request: IncomingMessage, { bytes: most, milliseconds, share }: BodyLimits): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const piece = growingPiece(most);
  return new Promise((resolve) => {
    const end = (body: Body) => {
      clearTimeout(timer);
      request.off('data', add).off('end', complete).off('close', abort).resume();
      piece.clear(); // the listener for errors lives as long as the request
      if (body.outcome !== 'complete') share.hold(0);
      resolve(body);
    };
    const refuse = (outcome: Refusal) => end({ outcome, head: Buffer.from(piece.bytes().subarray(0, headLength)) });
    const add = (chunk: Buffer) => {
      const size = piece.add(chunk);
      const fits = share.hold(piece.capacity());
      if (size > most || (declared > most && size >= headLength)) refuse('too-large');
      else if (!fits) refuse('overloaded');
    };
    const complete = () => end({ outcome: 'complete', bytes: piece.bytes() });
    const abort = () => end({ outcome: 'aborted' });
    const timer = setTimeout(refuse, milliseconds, 'late');
    request.on('data', add).on('end', complete).on('close', abort).on('error', abort);
  });
}

/**
 * Chunks in one piece of memory, of twice their size at most. A list of them would cost a hundred bytes for each, and a client may send
 * single bytes.
 */
function growingPiece(most: number) {
  let memory: Buffer = Buffer.alloc(0);
  let size = 0;
  return {
    /** Returns the size. */
    add(chunk: Buffer): number {
      const total = size + chunk.length;
      if (size === 0) memory = chunk;
      else {
        if (total > memory.length) {
          const larger = Buffer.allocUnsafeSlow(Math.max(total, Math.min(2 * memory.length, most)));
          memory.copy(larger, 0, 0, size);
          memory = larger;
        }
        chunk.copy(memory, size);
      }
      size = total;
      return size;
    },
    capacity: () => memory.length,
    bytes: () => memory.subarray(0, size),
    clear() {
      memory = Buffer.alloc(0);
      size = 0;
    },
  };
}
