import { type Keys, keysOf, type Scanner } from './scanner.ts';
import { skipValue } from './skip-value.ts';
import { undecided } from './tokens.ts';

/** Which members of an object are read, and how. */
export interface Members<R> {
  readonly names: readonly string[];
  readonly keys: Keys;
  readonly read: readonly ((reader: R) => void)[];
}

/** In the order in which they are mostly written. */
export function membersOf<R>(read: Readonly<Record<string, (reader: R) => void>>): Members<R> {
  const names = Object.keys(read);
  return { names, keys: keysOf(names), read: Object.values(read) };
}

/**
 * Reads an object: what `members` has no word of is passed, and what comes twice is undecided. Returns which have come, the first in the
 * lowest bit; -1 for null.
 */
export function readMembers<R>(scan: Scanner, { keys, read }: Members<R>, reader: R): number {
  if (!scan.enterObject()) return -1;
  let seen = 0;
  for (let key = scan.nextMember(keys, 0); key >= 0; key = scan.nextMember(keys, key + 1)) {
    const readValue = read[key];
    if (!readValue) skipValue(scan);
    else {
      if (seen & (1 << key)) throw undecided;
      seen |= 1 << key;
      readValue(reader);
    }
  }
  return seen;
}
