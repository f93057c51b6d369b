import type { Path } from '../endpoints/field-path.ts';
import type { Kind } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';

/** An object of another kind; whether something of ours was found in it. */
export interface Carrier {
  carries: boolean;
}

interface Place {
  readonly path: Path;
  /** The path in the object that carries it; empty where it is applied by itself. */
  readonly inside: Path;
}

export interface FoundObject extends Place {
  readonly kind: Kind;
  readonly object: Fields;
  readonly isInTemplate: boolean;
}

/** What is known of a text, and so of what is in it. */
export interface Origin {
  readonly carrier: Carrier;
  readonly isInTemplate: boolean;
  /** Whether it may be a part of an object, as in a patch. */
  readonly isPartial: boolean;
}

/** A text that may hold objects. */
export interface FoundText extends Place, Origin {
  readonly text: string;
}

export interface FoundObjects {
  readonly objects: FoundObject[];
  readonly texts: FoundText[];
  readonly others: Carrier[];
  readonly problems: { readonly path: Path; readonly message: string }[];
}
