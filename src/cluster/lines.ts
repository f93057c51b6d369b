import { TooLargeError } from './too-large-error.ts';

/** The lines that a chunk ends, without their line breaks. */
type Cut = (chunk: Uint8Array) => readonly string[];

const none = Buffer.alloc(0);

/** Where memory for a line that goes on begins, in bytes. */
const leastHeldBytes = 64 * 1024;

/**
 * Cuts UTF-8 that arrives in chunks into lines. Characters may be cut anywhere: no part of one looks like a line break. Throws a
 * TooLargeError as soon as a line is larger than so many bytes.
 */
export function createLineCutter(maxBytes: number): Cut {
  let held = none;
  let length = 0;

  function hold(part: Buffer): void {
    const needed = length + part.length;
    if (needed > maxBytes) throw new TooLargeError(`a line is larger than ${maxBytes} bytes`);
    if (needed > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(leastHeldBytes, 2 * needed));
      held.copy(larger, 0, 0, length);
      held = larger;
    }
    part.copy(held, length);
    length = needed;
  }

  function finish(part: Buffer): string {
    if (length === 0 && part.length <= maxBytes) return part.toString('utf8');
    hold(part);
    const line = held.toString('utf8', 0, length);
    held = none;
    length = 0;
    return line;
  }

  return (bytes) => {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines: string[] = [];
    let from = 0;
    for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
      lines.push(finish(chunk.subarray(from, to)));
      from = to + 1;
    }
    hold(chunk.subarray(from));
    return lines;
  };
}
