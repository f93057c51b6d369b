import { fieldsOf } from './fields.ts';
import { backslash, quote } from './tokens.ts';

/** The items of a list as they were sent, and all the rest of it. */
export interface CutList {
  /** Parts of the bytes of the list. Not read: any of them may be no JSON. */
  readonly items: readonly Buffer[];
  readonly metadata: unknown;
}

const comma = 0x2c;

/** Cuts the JSON text of a list of Kubernetes into its items without a tree of them; `undefined` for what is no such list. */
export function cutItems(bytes: Buffer): CutList | undefined {
  const opening = findMember(bytes, 'items');
  if (opening === undefined || bytes[opening] !== 0x5b) return undefined;
  const items: Buffer[] = [];
  let start = opening + 1;
  const end = walk(bytes, start, (at, level) => {
    const isEnd = level < 0;
    if (!isEnd && (level > 0 || bytes[at] !== comma)) return false;
    items.push(bytes.subarray(Math.min(afterSpace(bytes, start), at), at));
    start = at + 1;
    return isEnd;
  });
  if (end === undefined) return undefined;
  if (items.length === 1 && items[0]?.length === 0) items.pop();
  const rest = parse(Buffer.concat([bytes.subarray(0, opening + 1), bytes.subarray(end)]).toString('utf8'));
  const { items: none, metadata } = fieldsOf(rest);
  return Array.isArray(none) && none.length === 0 ? { items, metadata } : undefined;
}

/** Where the value begins of a member of a JSON object, the first by that name; `undefined` where there is none. */
export function findMember(bytes: Buffer, name: string): number | undefined {
  const key = Buffer.from(JSON.stringify(name));
  let found: number | undefined;
  walk(bytes, 0, (at, level) => {
    if (level !== 1 || bytes[at] !== quote || !key.equals(bytes.subarray(at, at + key.length))) return false;
    const colon = afterSpace(bytes, at + key.length);
    if (bytes[colon] === 0x3a) found = afterSpace(bytes, colon + 1);
    return found !== undefined;
  });
  return found;
}

/** Visits commas, the beginnings of texts, and brackets, each with its level afterwards, until `visit` says that it is enough; returns where. */
function walk(bytes: Buffer, start: number, visit: (at: number, level: number) => boolean): number | undefined {
  let level = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x7b || byte === 0x5b) level++;
    else if (byte === 0x7d || byte === 0x5d) level--;
    else if (byte !== comma && byte !== quote) continue;
    if (visit(at, level)) return at;
    if (byte === quote) at = endOfText(bytes, at + 1);
  }
  return undefined;
}

function endOfText(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

function afterSpace(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at] ?? 0x21) <= 0x20) at++;
  return at;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
