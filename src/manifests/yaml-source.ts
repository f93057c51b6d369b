import type { Path } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';
import { isFields } from '../json/fields.ts';
import { type ReadList, readListItems } from './list-items.ts';
import { type Position, positionIn } from './position.ts';
import { type Chunk, splitChunks } from './yaml-chunks.ts';
import { YamlError } from './yaml-events.ts';
import { type Place, type Places, readYaml, type YamlValues } from './yaml-values.ts';

/** One document of a YAML or JSON text. */
export interface YamlDocument {
  readonly value: unknown;
  /** What makes it unreadable. */
  readonly problems: readonly (Position & { readonly message: string })[];
  /** Keys that are in one map twice. The last one is in `value`. */
  readonly duplicates: readonly (Position & { readonly message: string })[];
  /** What it was read from, and which of the documents in there it is. */
  readonly chunk: Chunk;
  readonly index: number;
  /** The texts of its `items`, where they were read one by one. */
  readonly items?: readonly Chunk[];
}

/** Reads a text as kubectl does, a document at a time: its YAML is that of version 1.1 with Go's numbers, see yaml-scalar.ts. */
export function* parseDocuments(text: string): Generator<YamlDocument, undefined> {
  for (const chunk of splitChunks(text.replace(/^\ufeff+/, ''))) yield* readChunk(chunk);
}

function* readChunk(chunk: Chunk): Iterable<YamlDocument> {
  const broken = (message: string, offset: number): YamlDocument => {
    const problems = [{ ...positionIn(chunk, offset), message }];
    return { value: undefined, problems, duplicates: [], chunk, index: 0 };
  };
  if (chunk.problem !== undefined) return yield broken(chunk.problem, 0);
  if (chunk.json) return yield readJson(chunk, chunk.json.value);
  const list = tryListItems(chunk);
  if (list) return yield { ...list, problems: [], duplicates: duplicatesIn(chunk, list.duplicates), chunk, index: 0 };
  try {
    const { values, duplicates } = readYaml(textOf(chunk), false);
    for (const [index, { value }] of values.entries())
      yield { value, problems: [], duplicates: index === 0 ? duplicatesIn(chunk, duplicates) : [], chunk, index };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    yield broken(`not YAML: ${error.message}`, error.offset);
  }
}

/** `undefined` where the text has to be read as a whole, and where that will say what is wrong with it. */
function tryListItems(chunk: Chunk): ReadList | undefined {
  try {
    return readListItems(chunk);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Without what follows the end of the last document (`...`), where that is nothing but comments and directives. */
function textOf({ text }: Chunk): string {
  const end = text.lastIndexOf('\n...');
  if (end < 0) return text;
  const [marker = '', ...lines] = text.slice(end + 4).split('\n');
  const isEnd = /^[ \t\r]*$/.test(marker) && lines.every((line) => /^(?:%.*|[ \t]*(?:#.*)?)\r?$/.test(line));
  return isEnd ? text.slice(0, end + 1) : text;
}

function readJson(chunk: Chunk, value: unknown): YamlDocument {
  const duplicates = keysIn(chunk.text) === keysOf(value) ? [] : placesIn(chunk).duplicates;
  return { value, problems: [], duplicates: duplicatesIn(chunk, duplicates), chunk, index: 0 };
}

/** How many keys a JSON text has. */
function keysIn(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs)) if (colon !== undefined) count++;
  return count;
}

/** How many keys a value has, however deep it is. */
function keysOf(value: unknown): number {
  const left: unknown[] = [value];
  let count = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const members = Object.values(next);
    if (isFields(next)) count += members.length;
    for (const member of members) left.push(member);
  }
  return count;
}

function duplicatesIn(chunk: Chunk, duplicates: YamlValues['duplicates']): YamlDocument['duplicates'] {
  return duplicates.map(({ key, offset }) => ({
    ...positionIn(chunk, offset),
    message: `${quote(key)} is here a second time: keep one`,
  }));
}

/** The position of a value, or of its key; where it is absent, of what should contain it. */
export function locate({ chunk, index, items }: YamlDocument, path: Path, key = false): Position {
  const item = items && path[0] === 'items' ? items[Number(path[1])] : undefined;
  return item ? locateIn(item, 0, [0, ...path.slice(2)], key) : locateIn(chunk, index, path, key);
}

function locateIn(chunk: Chunk, index: number, path: Path, key: boolean): Position {
  const { values, places } = placesIn(chunk);
  const { value, offset } = values[index] ?? { value: undefined, offset: 0 };
  let [at, inside]: [number, unknown] = [offset, value];
  for (const [i, step] of path.entries()) {
    const place = placeOf(inside, step, places);
    if (!place) break;
    at = key && i === path.length - 1 ? place.key : place.value;
    inside = (inside as Readonly<Record<string | number, unknown>>)[step];
  }
  return positionIn(chunk, at);
}

function placeOf(value: unknown, step: string | number, places: Places): Place | undefined {
  return typeof value === 'object' && value !== null ? places.get(value)?.get(step) : undefined;
}

const located = new WeakMap<Chunk, YamlValues>();

/** A text is read again for the places of its values: most are never asked for one. */
function placesIn(chunk: Chunk): YamlValues {
  const values = located.get(chunk) ?? tryYaml(chunk) ?? { values: [], duplicates: [], places: new Map() };
  located.set(chunk, values);
  return values;
}

/** `undefined` for JSON that is no YAML: it may have longer keys. */
function tryYaml(chunk: Chunk): YamlValues | undefined {
  try {
    return readYaml(textOf(chunk), true, chunk.json !== undefined);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
