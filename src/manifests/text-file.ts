import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';

/** Reads a file of UTF-8 text. Throws a UsageError that names the file. */
export function readTextFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
