import { isFields } from '../json/fields.ts';
import { advance, type Chunk, type Cursor } from './yaml-chunks.ts';
import { readYaml, type YamlValues } from './yaml-values.ts';

/** A list of objects, each of whose items was read on its own. */
export interface ReadList {
  readonly value: unknown;
  readonly items: readonly Chunk[];
  readonly duplicates: YamlValues['duplicates'];
}

/** A parser needs twenty times as much memory as a text has: of smaller ones that is little. */
const minCharacters = 1_048_576;

/**
 * Reads a long list of objects as `kubectl get -o yaml` prints it, one item after the other, so that only one is in the parser at a time.
 * `undefined` where that cannot be: for a text that is none, and for one whose parts are no YAML by themselves, as those with an alias of
 * something before them or with a quoted text over what looks like two items. Throws a YamlError as well for these.
 */
export function readListItems(chunk: Chunk): ReadList | undefined {
  const parts = chunk.text.length < minCharacters ? undefined : splitItems(chunk.text);
  if (!parts) return undefined;
  const { start, end, bounds } = parts;
  const head = readYaml(chunk.text.slice(0, start), false);
  const tail = readYaml(chunk.text.slice(end), false);
  const [before, after] = [head, tail].map(({ values }) => (values.length === 0 ? {} : values[0]?.value));
  if (head.values.length > 1 || tail.values.length > 1 || !isFields(before) || !isFields(after)) return undefined;
  if (Object.hasOwn(after, 'items') || Object.keys(after).some((key) => Object.hasOwn(before, key))) return undefined;
  const items: Chunk[] = [];
  const values: unknown[] = [];
  const duplicates = [...head.duplicates, ...tail.duplicates.map(({ key, offset }) => ({ key, offset: offset + end }))];
  let cursor: Cursor = { offset: 0, line: chunk.line, column: chunk.column };
  for (const [i, offset] of bounds.entries()) {
    const text = chunk.text.slice(offset, bounds[i + 1] ?? end);
    const read = readYaml(text, false);
    const [sequence] = read.values;
    if (read.values.length !== 1 || !Array.isArray(sequence?.value) || sequence.value.length !== 1) return undefined;
    values.push(sequence.value[0]);
    duplicates.push(...read.duplicates.map((duplicate) => ({ ...duplicate, offset: duplicate.offset + offset })));
    cursor = advance(chunk.text, offset, cursor);
    items.push({ text, line: cursor.line, column: 1 });
  }
  return { value: { ...before, items: values, ...after }, items, duplicates };
}

/** Where the list begins and ends, and where each of its items begins. */
function splitItems(text: string) {
  const list = /^items:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)(?=- )/m.exec(text);
  if (!list) return undefined;
  const indent = list[1]?.length ?? 0;
  const line = new RegExp(`^ {0,${indent}}[^\\s#]`, 'gm');
  line.lastIndex = list.index + list[0].length - indent;
  const bounds: number[] = [];
  for (let found = line.exec(text); found; found = line.exec(text)) {
    const isItem = found[0].length === indent + 1 && found[0].endsWith('-') && /\s/.test(text.charAt(line.lastIndex));
    if (!isItem) return found[0].length === 1 ? { start: list.index, end: found.index, bounds } : undefined;
    bounds.push(found.index);
  }
  return { start: list.index, end: text.length, bounds };
}
