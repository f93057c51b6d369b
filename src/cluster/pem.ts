import { readFileSync } from 'node:fs';
import type { PemSource } from './cluster-entry.ts';
import { ClusterError } from './cluster-error.ts';

/** The PEM of a source, read anew each time: files are replaced when certificates are renewed. Throws a ClusterError. */
export function readPemSource(source: PemSource, what: string, place: string): string {
  const text = 'data' in source ? source.data : readCredentialFile(source.file, what, place);
  if (!text.includes('-----BEGIN ')) throw new ClusterError(`the ${what} of ${place} is not PEM`);
  return text;
}

export function readCredentialFile(file: string, what: string, place: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError(`cannot read the ${what} of ${place} (${reason})`, { cause });
  }
}
