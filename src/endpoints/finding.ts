/** Where a value sits inside an object: `['subsets', 0, 'addresses', 1, 'ip']`. */
export type Path = readonly (string | number)[];

/** What kind of wrong a finding is, in the terms of a Kubernetes Status cause. */
export type CauseType = 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueNotSupported' | 'FieldValueTooMany';

/** Something wrong, and where. Parsers, rules and the policy loader all report in this one shape. */
export interface Finding {
  readonly path: Path;
  /** The value as written and what is wrong with it; lower-case, no full stop. */
  readonly message: string;
  /** What to write instead, where this finding knows it better than its rule does. */
  readonly remedy?: string;
  /** `FieldValueInvalid` where absent. */
  readonly reason?: CauseType;
}

/** A path under construction. A rule turns it into a `Path` only when it has something to say: most places are never named. */
export class FieldPath {
  /** The object itself. */
  static readonly root = new FieldPath(undefined);

  readonly key: string | number | undefined;
  readonly parent: FieldPath | undefined;

  constructor(key: string | number | undefined, parent?: FieldPath) {
    this.key = key;
    this.parent = parent;
  }

  get steps(): Path {
    if (this.key === undefined) return [];
    return this.parent === undefined ? [this.key] : [...this.parent.steps, this.key];
  }

  child(key: string | number): FieldPath {
    return new FieldPath(key, this);
  }
}

/** The value at a path of any JSON; `undefined` where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A path as Kubernetes writes it: `subsets[0].addresses[1].ip`; a key that is no identifier is bracketed. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!identifier.test(key)) text += `[${escapeText(key, 253)}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** How much of a value is quoted, in characters of the escaped text. */
const quoteLimit = 64;

/**
 * A value as a message may show it: strings JSON-escaped and cut, numbers and booleans as they are, containers by their name
 * (they may be megabytes, or thousands of levels deep).
 */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${escapeText(value, quoteLimit)}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** What a terminal or a reader could take for something else: controls, bidirectional overrides, invisible and lone halves. */
const unsafe = /["\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** JSON-escapes whatever is unsafe to print and cuts the result at `limit` characters, never inside an escape. */
export function escapeText(text: string, limit: number): string {
  if (text.length <= limit && !unsafe.test(text)) return text;
  let escaped = '';
  let cut = '';
  for (const character of text) {
    escaped += unsafe.test(character) ? escapeCharacter(character) : character;
    if (escaped.length > limit) return `${cut}…`;
    if (escaped.length < limit) cut = escaped;
  }
  return escaped;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}
