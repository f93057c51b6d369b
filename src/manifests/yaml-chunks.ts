/** A piece of a file that kubectl reads on its own. */
export interface Chunk {
  readonly text: string;
  /** The line and column of its first character, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Set where it is JSON, and can be read as such. */
  readonly json?: { readonly value: unknown };
  /** Set where its beginning makes it unreadable. */
  readonly problem?: string;
}

/**
 * Cuts a text where kubectl does: JSON objects one after another as long as there are any, then YAML between lines that begin with `---`,
 * wherever such a line stands. A document that begins with `{` is read as JSON first.
 */
export function* splitChunks(text: string): Iterable<Chunk> {
  const start: Cursor = { offset: 0, line: 1, column: 1 };
  const rest = startsWithBrace(text, 0) ? yield* readJson(text, text.length, start) : start;
  if (rest) yield* readYamlChunks(text, rest);
}

/** A place in a text. */
export interface Cursor {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

function startsWithBrace(text: string, offset: number): boolean {
  const first = /\S/g;
  first.lastIndex = offset;
  return first.exec(text)?.[0] === '{';
}

/**
 * Reads JSON values up to `end`, and returns where what is no JSON begins; `undefined` at the end. After two values it is JSON for sure:
 * then what follows has to be JSON as well.
 */
function* readJson(text: string, end: number, from: Cursor): Generator<Chunk, Cursor | undefined> {
  let [cursor, count] = [skipSpace(text, end, from), 0];
  while (cursor.offset < end) {
    const valueEnd = endOfValue(text, cursor.offset, end);
    const value = text.slice(cursor.offset, valueEnd);
    const json = parseJson(value);
    const { line, column } = cursor;
    if (!json && count < 2) return cursor;
    if (!json) {
      yield { text: value, line, column, problem: 'not JSON, as what comes before it is' };
      return undefined;
    }
    yield { text: value, line, column, json };
    count++;
    cursor = skipSpace(text, end, advance(text, valueEnd, cursor));
  }
  return undefined;
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function skipSpace(text: string, end: number, from: Cursor): Cursor {
  let { offset } = from;
  while (offset < end && ' \t\r\n'.includes(text.charAt(offset))) offset++;
  return advance(text, offset, from);
}

/** The place at an offset that is not before `from`. */
export function advance(text: string, offset: number, from: Cursor): Cursor {
  let { line, column } = from;
  column += offset - from.offset;
  for (let at = text.indexOf('\n', from.offset); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    column = offset - at;
  }
  return { offset, line, column };
}

/** Where the value that begins here ends, if it is JSON: after the bracket that closes its first one. */
function endOfValue(text: string, start: number, end: number): number {
  const scalar = /[^\s{}[\],:"]+/y; // a number, a name: none of them has brackets
  scalar.lastIndex = start;
  if (scalar.test(text)) return Math.min(scalar.lastIndex, end);
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{[]|[\]}]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found && found.index < end; found = token.exec(text)) {
    const [first] = found[0];
    if (first === '{' || first === '[') depth++;
    else if (first !== '"') depth--;
    if (depth <= 0) return Math.min(token.lastIndex, end);
  }
  return end;
}

function* readYamlChunks(text: string, from: Cursor): Iterable<Chunk> {
  let cursor = from;
  for (let found = nextSeparator(text, from.offset); found; found = nextSeparator(text, cursor.offset)) {
    const at = advance(text, found.start, cursor);
    yield* readYamlChunk(text, found.start, cursor);
    cursor = advance(text, found.end, at);
    const { line, column } = at;
    if (found.rest !== '' && !found.rest.startsWith('#'))
      yield { text: '', line, column, problem: '--- has to stand alone on its line, but for a comment' };
  }
  yield* readYamlChunk(text, text.length, cursor);
}

/** The next line that begins with `---`, and what else is on it. */
function nextSeparator(text: string, offset: number) {
  const line = /^---(.*)(?:\n|$)/gm;
  line.lastIndex = offset;
  const found = line.exec(text);
  return found && { start: found.index, end: line.lastIndex, rest: (found[1] ?? '').trim() };
}

function* readYamlChunk(text: string, end: number, from: Cursor): Iterable<Chunk> {
  const rest = startsWithBrace(text, from.offset) ? yield* readJson(text, end, from) : from;
  if (!rest || rest.offset >= end) return;
  const { offset, line, column } = rest;
  yield { text: text.slice(offset, end), line, column };
}
