import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML or JSON text. */
export interface YamlDocument {
  readonly value: unknown;
  /** What makes it unreadable. */
  readonly problems: readonly (Position & { readonly message: string })[];
  /** Keys that are in one map twice. The last one is in `value`. */
  readonly duplicates: readonly (Position & { readonly message: string })[];
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * Reads YAML as kubectl does: version 1.1 (`010` is 8, `yes` is true, merge keys), but no times and no numbers to base 60: to kubectl
 * `2001:10:20:30:40:50:5:6` is text. JSON is YAML.
 */
export function parseDocuments(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isTime(tag)),
  });
  return [...documents].map((document) => readDocument(document, lines, text));
}

function isTime({ tag, ...rest }: { tag: string }): boolean {
  return tag === 'tag:yaml.org,2002:timestamp' || ('format' in rest && rest.format === 'TIME');
}

function readDocument(document: Document, lines: LineCounter, text: string): YamlDocument {
  const at = (offset: number) => positionAt(lines, offset);
  const duplicates = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const problems = document.errors
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .map(({ pos, message }) => ({ ...at(pos[0]), message: `not YAML: ${message}` }));
  const found = {
    duplicates: duplicates.map(({ pos }) => ({
      ...at(pos[0]),
      message: `${quote(keyAt(text, pos[0]))} is here a second time: keep one`,
    })),
    document,
    lines,
  };
  if (problems.length > 0) return { ...found, problems, value: undefined };
  try {
    return { ...found, problems, value: document.toJS() };
  } catch (error) {
    return {
      ...found,
      problems: [{ ...at(0), message: `not YAML: ${error instanceof Error ? error.message : error}` }],
      value: undefined,
    };
  }
}

/** The key that begins at an offset, without its quotes. */
function keyAt(text: string, offset: number): string {
  return /^(["']?)(.*?)\1\s*:/.exec(text.slice(offset, offset + 256))?.[2] ?? 'a key';
}

/** The position of a value, or of its key; where it is absent, of what should contain it. */
export function locate({ document, lines }: YamlDocument, path: Path, key = false): Position {
  let node: unknown = document.contents;
  let found: unknown = node;
  for (const [i, step] of path.entries()) {
    node = resolveAlias(node, document);
    if (isMap(node)) {
      const pair = findPair(node, step, document);
      if (!pair) break;
      found = key && i === path.length - 1 ? pair.key : (pair.value ?? pair.key);
      node = pair.value;
    } else if (isSeq(node) && node.items[Number(step)] !== undefined) found = node = node.items[Number(step)];
    else break;
  }
  const offset = isNode(found) ? (found.range?.[0] ?? 0) : 0;
  return positionAt(lines, offset);
}

/** The pair of a key in a map, or in the first merged map that has it. */
function findPair(map: YAMLMap, step: Path[number], document: Document): Pair | undefined {
  const own = map.items.findLast((item) => isNode(item.key) && String(item.key) === step);
  if (own) return own;
  const merge = map.items.find(({ key }) => isScalar(key) && key.source === '<<');
  const merged = resolveAlias(merge?.value, document);
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const from = resolveAlias(source, document);
    const pair = isMap(from) ? findPair(from, step, document) : undefined;
    if (pair) return pair;
  }
  return undefined;
}

function resolveAlias(node: unknown, document: Document): unknown {
  return isAlias(node) ? (node.resolve(document) as Node | undefined) : node;
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
