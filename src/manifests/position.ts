import { upperBound } from '../endpoints/upper-bound.ts';
import type { Chunk } from './yaml-chunks.ts';

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStarts = new WeakMap<Chunk, readonly number[]>();

/** Where an offset of a chunk is in its file. */
export function positionIn(chunk: Chunk, offset: number): Position {
  const starts = lineStarts.get(chunk) ?? [0, ...Array.from(chunk.text.matchAll(/\n/g), ({ index }) => index + 1)];
  lineStarts.set(chunk, starts);
  const line = upperBound(starts, offset) - 1;
  const column = offset - (starts[line] ?? 0);
  return { line: chunk.line + line, column: line === 0 ? chunk.column + column : column + 1 };
}
