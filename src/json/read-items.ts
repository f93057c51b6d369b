import { type ItemPattern, patternOf } from './item-pattern.ts';
import type { Scanner } from './scanner.ts';

/** What becomes of the items of a list. */
export interface ItemReader {
  /** Reads the next item, member by member. */
  read(): void;
  /** Called when the item that was read last, which began after `start`, has become the pattern. */
  learn?(pattern: ItemPattern, start: number): void;
  /** Takes the item that has just matched the pattern, and begins at `start` with what separates it from the one before. */
  take?(pattern: ItemPattern, start: number): void;
}

/**
 * Reads a list; null is an empty one. The fourth, eighth … item that has to be read member by member is the pattern of those behind
 * it, so that lists of many kinds of items cost little more for it.
 */
export function readItems(scan: Scanner, reader: ItemReader): void {
  if (!scan.enterList()) return;
  const mayLearn = scan.passed === undefined; // else this list is inside of an item that is learned from
  let pattern: ItemPattern | undefined;
  for (let count = 1, start = scan.at; scan.nextItem(); count++, start = scan.at) {
    if (!mayLearn || count < 4 || (count & (count - 1)) !== 0) reader.read();
    else pattern = learn(scan, reader, start);
    if (pattern) while (takeAlike(scan, pattern, reader));
  }
}

function learn(scan: Scanner, reader: ItemReader, start: number): ItemPattern | undefined {
  const texts: number[] = [];
  const { values } = scan;
  scan.passed = texts;
  reader.read();
  scan.passed = undefined;
  const pattern = patternOf(scan.bytes, start, scan.at, texts, scan.values - values + 1);
  if (pattern) reader.learn?.(pattern, start);
  return pattern;
}

function takeAlike(scan: Scanner, pattern: ItemPattern, reader: ItemReader): boolean {
  const { at } = scan;
  const end = pattern.match(at);
  if (end < 0) return false;
  scan.passItem(end, pattern.values);
  reader.take?.(pattern, at);
  return true;
}
