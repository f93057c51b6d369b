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
  const buffer = createGrowingBuffer(declared > 0 ? Math.min(declared, maxBytes) : maxBytes);
  return new Promise((resolve) => {
    let isOver = false;
    const end = (body: Body) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      buffer.clear(); // the listeners live as long as the request
      if (body.outcome !== 'complete') {
        share.hold(0);
        request.off('data', add).resume();
      }
      resolve(body);
    };
    const refuse = (outcome: Refusal) => end({ outcome, head: headOf(buffer.bytes()) });
    const add = (chunk: Buffer) => {
      const size = buffer.add(chunk);
      const overload = share.hold(size);
      if (size > maxBytes || (declared > maxBytes && size >= maxHeadBytes)) refuse('too-large');
      else if (overload) refuse(overload);
    };
    const complete = () => end({ outcome: 'complete', bytes: buffer.bytes() });
    const abort = () => end({ outcome: 'aborted' });
    const timer = setTimeout(refuse, milliseconds, 'late');
    request.on('data', add).on('end', complete).on('close', abort).on('error', abort);
  });
}

/** A copy of the first bytes. */
export function headOf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, maxHeadBytes));
}

const empty = Buffer.alloc(0);

/**
 * Memory for all that a client says it sends is taken at once if that is no more than the first, or once the second has come. The system
 * only gives what is written to, and what is outgrown would be garbage for a while.
 */
const [maxTrustedBytes, trustingBytes] = [1024 * 1024, 256 * 1024];

/**
 * Collects chunks in one buffer, of at most twice their size if they are to be large, and of no more than is expected. A list of them would
 * cost a hundred bytes for each, and a client may send single bytes; and what is copied at once does not live on as garbage.
 */
function createGrowingBuffer(expectedBytes: number) {
  let memory: Buffer = empty;
  let size = 0;
  const grow = (total: number) => {
    const isTrusted = expectedBytes <= maxTrustedBytes || total >= trustingBytes;
    const enough = isTrusted ? expectedBytes : Math.min(2 * memory.length, expectedBytes);
    const larger = Buffer.allocUnsafeSlow(Math.max(total, enough));
    memory.copy(larger, 0, 0, size);
    memory = larger;
  };
  return {
    /** Returns the size. */
    add(chunk: Buffer): number {
      const total = size + chunk.length;
      // what came in one chunk may share memory, which cannot be handed to a thread
      if (size === 0 && chunk.length <= maxMainThreadBytes) memory = chunk;
      else {
        if (total > memory.length) grow(total);
        chunk.copy(memory, size);
      }
      size = total;
      return size;
    },
    bytes: () => (size === memory.length ? memory : memory.subarray(0, size)),
    clear() {
      memory = empty;
      size = 0;
    },
  };
}
