import { type Keys, keysOf, type Scanner } from './scanner.ts';
import { skipValue } from './skip-value.ts';
import { undecided } from './tokens.ts';

/** Which members of an object are read, and how. */
export interface Members<R> {
  readonly keys: Keys;
  readonly read: readonly ((reader: R) => void)[];
  /** Reads any other; by default it is passed. */
  readonly readOther?: ((reader: R) => void) | undefined;
}

/** In the order in which they are mostly written. */
export function membersOf<R>(
  read: Readonly<Record<string, (reader: R) => void>>,
  readOther?: (reader: R) => void,
): Members<R> {
  return { keys: keysOf(Object.keys(read)), read: Object.values(read), readOther };
}

/** Reads an object; null is an empty one. What comes twice is undecided. Returns which have come, the first in the lowest bit. */
export function readMembers<R>(scan: Scanner, { keys, read, readOther }: Members<R>, reader: R): number {
  if (!scan.enterObject()) return 0;
  let seen = 0;
  for (let key = scan.nextMember(keys, 0); key >= 0; key = scan.nextMember(keys, key + 1)) {
    const readValue = read[key];
    if (!readValue) {
      if (readOther) readOther(reader);
      else skipValue(scan);
    } else {
      if (seen & (1 << key)) throw undecided;
      seen |= 1 << key;
      readValue(reader);
    }
  }
  return seen;
}
