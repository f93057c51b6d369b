import type { Path } from '../endpoints/field-path.ts';
import type { Kind } from '../endpoints/view.ts';
import type { Position } from './position.ts';

/** One object of a manifest. */
export interface Manifest {
  readonly kind: Kind;
  readonly file: string;
  readonly object: unknown;
  /** Its path in the object that carries it; empty where it is applied by itself. */
  readonly inside: Path;
  /** Where a value is, or its key. */
  readonly at: (path: Path, ofKey?: boolean) => Position;
  /** What is filled in later, by its path in the object: it is an error, whatever the rules say of it. */
  readonly unjudged: ReadonlyMap<string, Problem>;
}

/** What is wrong with a file, before any rule is checked. */
export interface Problem extends Position {
  readonly file: string;
  readonly message: string;
}
