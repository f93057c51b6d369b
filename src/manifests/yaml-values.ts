import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { type Anchors, useAnchor } from './yaml-anchors.ts';
import { offsetOf, parseYaml, YamlError } from './yaml-events.ts';
import { resolveScalar } from './yaml-scalar.ts';

/** Offsets of a value in the text, and of its key. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

/** Where the members of each object and list are, by their keys and indexes. */
export type Places = ReadonlyMap<object, ReadonlyMap<string | number, Place>>;

export interface YamlValues {
  readonly values: readonly { readonly value: unknown; readonly offset: number }[];
  /** Keys that are in one map twice, with their offsets. The last one is in the value. */
  readonly duplicates: readonly { readonly key: string; readonly offset: number }[];
  readonly places: Places;
}

/**
 * Reads the documents of a YAML text as kubectl reads each of them. Throws a YamlError. `withPlaces`: whether to note where values are.
 * `json`: whether it is known to be JSON, which has other escapes.
 */
export function readYaml(written: string, withPlaces: boolean, json = false): YamlValues {
  // Each ends a line in YAML 1.1, and with it a comment; not in 1.2, which js-yaml reads.
  const text = json ? written : written.replace(/[\u0085\u2028\u2029]/g, '\n');
  const reader: Reader = {
    ...{ text, events: parseYaml(text), next: 0, anchors: new Map(), read: 0, aliased: 0, size: 0 },
    ...{ duplicates: [], places: new Map(), withPlaces, json },
  };
  const values = [];
  while (reader.next < reader.events.length) {
    reader.next++; // the document
    reader.anchors.clear();
    const offset = offsetOf(text, reader.events[reader.next], 0);
    values.push({ value: readNode(reader), offset });
    reader.next++; // its end
  }
  return { values, duplicates: reader.duplicates, places: reader.places };
}

interface Reader extends Anchors {
  readonly text: string;
  readonly events: readonly Event[];
  /** The index of the event that is read next. */
  next: number;
  /** How many values the node is made of that was read last. */
  size: number;
  readonly duplicates: { readonly key: string; readonly offset: number }[];
  readonly places: Map<object, Map<string | number, Place>>;
  readonly withPlaces: boolean;
  readonly json: boolean;
}

function readNode(reader: Reader): unknown {
  const event = reader.events[reader.next++];
  reader.read++;
  if (event?.type === EVENT_ID.ALIAS) return readAlias(reader, event);
  if (event?.type === EVENT_ID.SCALAR) return named(reader, event, () => readScalar(reader, event));
  if (event?.type === EVENT_ID.SEQUENCE) return named(reader, event, () => readSequence(reader, event.start));
  if (event?.type === EVENT_ID.MAPPING) return named(reader, event, () => readMapping(reader));
  throw new Error('the parser ended a node that it did not begin');
}

type Node = Exclude<Event, { readonly type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

/** Reads a node, and remembers it where it has an anchor. */
function named(reader: Reader, event: Node, read: () => unknown): unknown {
  if (event.anchorStart < 0) return read();
  const name = reader.text.slice(event.anchorStart, event.anchorEnd);
  reader.anchors.set(name, { value: undefined, size: 0 });
  const value = read();
  reader.anchors.set(name, { value, size: reader.size });
  return value;
}

function readAlias(reader: Reader, event: Node): unknown {
  const name = reader.text.slice(event.anchorStart, event.anchorEnd);
  const { value, size } = useAnchor(reader, name, event.anchorStart - 1);
  reader.size = size;
  return value;
}

function readScalar(reader: Reader, event: ScalarEvent): unknown {
  reader.size = 1;
  const text = getScalarValue(reader.text, event);
  const tag = event.tagStart < 0 ? '' : reader.text.slice(event.tagStart, event.tagEnd);
  const result = resolveScalar(text, event.style === SCALAR_STYLE.PLAIN, tag);
  if ('problem' in result) throw new YamlError(result.problem, offsetOf(reader.text, event, event.tagStart));
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast && !reader.json) checkEscapes(reader.text, event);
  return result.value;
}

/** kubectl reads YAML 1.1, which does not have all of the escapes of JSON. */
function checkEscapes(text: string, { valueStart, valueEnd }: ScalarEvent): void {
  for (const { 0: found, index } of text.slice(valueStart, valueEnd).matchAll(/\\(?:u[dD][89a-fA-F]|.|\s)/g))
    if (found === '\\/' || found.length > 2)
      throw new YamlError(`the escape ${found} is JSON, not YAML: write the character itself`, valueStart + index);
}

/** `start`: where an item is taken to be that is empty. */
function readSequence(reader: Reader, start: number): unknown[] {
  const items: unknown[] = [];
  const places = placesOf(items, reader);
  let size = 1;
  for (let event = reader.events[reader.next]; event?.type !== EVENT_ID.POP; event = reader.events[reader.next]) {
    const offset = offsetOf(reader.text, event, start);
    places?.set(items.length, { key: offset, value: offset });
    items.push(checkNumber(readNode(reader), offset));
    size += reader.size;
  }
  reader.next++;
  reader.size = size;
  return items;
}

function placesOf(value: object, { withPlaces, places }: Reader): Map<string | number, Place> | undefined {
  if (!withPlaces) return undefined;
  const own = new Map<string | number, Place>();
  places.set(value, own);
  return own;
}

function readMapping(reader: Reader): object {
  const map: Record<string, unknown> = {};
  const places = placesOf(map, reader);
  const merged = new Set<string>();
  let size = 1;
  for (let event = reader.events[reader.next]; event?.type !== EVENT_ID.POP; event = reader.events[reader.next]) {
    const at = offsetOf(reader.text, event, 0);
    const key = isMerge(reader, event) ? undefined : readKey(reader, at);
    if (key === undefined) reader.next++;
    const value = offsetOf(reader.text, reader.events[reader.next], at);
    const read = readNode(reader);
    size += reader.size + 1;
    if (key === undefined) {
      merge(map, read, { reader, places, merged, offset: value });
      continue;
    }
    if (Object.hasOwn(map, key) && !merged.delete(key)) reader.duplicates.push({ key, offset: at });
    set(map, key, checkNumber(read, value));
    places?.set(key, { key: at, value });
  }
  reader.next++;
  reader.size = size;
  return map;
}

function isMerge(reader: Reader, event: Event | undefined): boolean {
  if (event?.type !== EVENT_ID.SCALAR || getScalarValue(reader.text, event) !== '<<') return false;
  const tag = reader.text.slice(event.tagStart, event.tagEnd);
  return event.tagStart < 0 ? event.style === SCALAR_STYLE.PLAIN : tag === '!!merge';
}

function readKey(reader: Reader, offset: number): string {
  const key = readNode(reader);
  if (typeof key === 'number' && !Number.isFinite(key)) return Number.isNaN(key) ? '.nan' : key > 0 ? '.inf' : '-.inf';
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean') return String(key);
  throw new YamlError(`a key is ${key === null ? 'null' : 'no text'}: put it in quotes`, offset);
}

/** JSON has neither, and kubectl makes JSON of it. */
function checkNumber(value: unknown, offset: number): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new YamlError(`${value} is no number that JSON has: put it in quotes`, offset);
  return value;
}

interface Merge {
  readonly reader: Reader;
  readonly places: Map<string | number, Place> | undefined;
  /** The keys that came from a merge: those of the map itself replace them. */
  readonly merged: Set<string>;
  readonly offset: number;
}

/** Takes over the members of a map, or of a list of maps, of which the first comes last. As kubectl does, they replace what was there before. */
function merge(map: Record<string, unknown>, from: unknown, { reader, places, merged, offset }: Merge): void {
  for (const source of Array.isArray(from) ? from.toReversed() : [from]) {
    if (typeof source !== 'object' || source === null || Array.isArray(source))
      throw new YamlError('<<: is no map, nor a list of maps', offset);
    for (const [key, value] of Object.entries(source)) {
      if (!Object.hasOwn(map, key)) merged.add(key);
      set(map, key, value);
      const place = reader.places.get(source)?.get(key);
      if (place) places?.set(key, place);
    }
  }
}

/** Also a key `__proto__`, which an assignment takes for the prototype. */
function set(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}
