import { readItems } from './read-items.ts';
import { type Keys, openBrace, openBracket, type Scanner } from './scanner.ts';
import { endOfPlain, quote } from './tokens.ts';

const noKeys: Keys = [];

/** Passes any value. */
export function skipValue(scan: Scanner): void {
  const first = scan.passScalar();
  if (first === openBracket) readItems(scan, { read: () => skipValue(scan) });
  else if (first === openBrace) {
    scan.enterObject();
    while (scan.nextMember(noKeys, 0) >= 0) skipValue(scan);
  }
}

/** Passes any value, and parses it. */
export function parseValue(scan: Scanner): unknown {
  const { bytes } = scan;
  const start = scan.findValue();
  skipValue(scan);
  const end = scan.at;
  if (bytes[start] === quote && endOfPlain(bytes, start + 1) === end - 1)
    return bytes.toString('latin1', start + 1, end - 1);
  return JSON.parse(bytes.toString('latin1', start, end));
}
