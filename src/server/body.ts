import type { IncomingMessage } from 'node:http';
import { maxMainThreadBytes, type Overload, type Share } from './budget.ts';

/** How reading a body ended. `head`: its first bytes, enough to find a uid in. */
export type Body =
  | { readonly outcome: 'complete'; readonly bytes: Buffer }
  | { readonly outcome: Refusal; readonly head: Buffer }
  | { readonly outcome: 'aborted' };

export type Refusal = 'too-large' | 'late' | Overload;

export interface BodyLimits {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly share: Share;
}

/** How much of a refused body is looked at. API servers write the uid within the first 200 bytes. */
const maxHeadBytes = 1024;

/**
 * Reads a body. Its share of the budget stays held until somebody releases it. A body that exceeds a limit is refused at once, and the
 * rest of it is discarded. Never rejects.
 */
export function readBody(
  request: IncomingMessage,
  { bytes: maxBytes, milliseconds, share }: BodyLimits,
): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const chunks = createChunks();
  return new Promise((resolve) => {
    const end = (body: Body) => {
      clearTimeout(timer);
      request.off('data', add).off('end', complete).off('close', abort).resume();
      chunks.clear(); // the listener for errors lives as long as the request
      if (body.outcome !== 'complete') share.hold(0);
      resolve(body);
    };
    const refuse = (outcome: Refusal) => end({ outcome, head: headOf(chunks.bytes()) });
    const add = (chunk: Buffer) => {
      const size = chunks.add(chunk);
      const overload = share.hold(size);
      if (size > maxBytes || (declared > maxBytes && size >= maxHeadBytes)) refuse('too-large');
      else if (overload) refuse(overload);
    };
    const complete = () => end({ outcome: 'complete', bytes: chunks.bytes() });
    const abort = () => end({ outcome: 'aborted' });
    const timer = setTimeout(refuse, milliseconds, 'late');
    request.on('data', add).on('end', complete).on('close', abort).on('error', abort);
  });
}

/** A copy of the first bytes. */
export function headOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, maxHeadBytes));
}

/** Below this a chunk is copied to others, since each that is kept costs some 200 bytes. */
const minKeptBytes = 2048;

/** Collects chunks as they come, and copies each once: into one buffer in the end, or with others that are as small, since a client may send single bytes. */
function createChunks() {
  let kept: Buffer[] = [];
  let small: Buffer = Buffer.alloc(0);
  let used = 0;
  let size = 0;
  const keepSmall = () => {
    if (used > 0) kept.push(Buffer.from(small.subarray(0, used)));
    used = 0;
  };
  return {
    /** Returns the size of all. */
    add(chunk: Buffer): number {
      size += chunk.length;
      if (chunk.length >= minKeptBytes) {
        keepSmall();
        kept.push(chunk);
      } else if (size === chunk.length) kept.push(chunk);
      else {
        if (used + chunk.length > small.length) keepSmall();
        if (small.length === 0) small = Buffer.allocUnsafe(4 * minKeptBytes);
        used += chunk.copy(small, used);
      }
      return size;
    },
    bytes(): Buffer {
      keepSmall();
      if (size <= maxMainThreadBytes) return kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept, size);
      const all = Buffer.allocUnsafeSlow(size); // memory that is shared with others cannot be handed to a thread
      let at = 0;
      for (const chunk of kept) at += chunk.copy(all, at);
      return all;
    },
    clear() {
      kept = [];
      small = Buffer.alloc(0);
    },
  };
}
