import { escapeText } from './quote.ts';

/** Where a value sits inside an object: `['subsets', 0, 'addresses', 1, 'ip']`. */
export type Path = readonly (string | number)[];

/** A path in the making. It is turned into a `Path` only for a finding: most are never needed. */
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
