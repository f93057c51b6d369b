import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { folder } from './folder.ts';

/** A stretch of the run of which the calling pod is asked afterwards. Milliseconds since 1970. */
export interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const file = `${folder}/phases.jsonl`;

/** Begins a phase; the result ends it. */
export function beginPhase(name: string): () => void {
  const from = Date.now();
  return () => appendFileSync(file, `${JSON.stringify({ name, from, to: Date.now() } satisfies Phase)}\n`);
}

export function phases(): readonly Phase[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}
