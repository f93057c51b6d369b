import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';

/** Reads a file of text. Throws a UsageError that names the file. */
export function readTextFile(file: string): string {
  try {
    return decodeText(readFileSync(file));
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Decodes as kubectl does: UTF-16 where a byte order mark says so, or else UTF-8, of which invalid bytes are U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
