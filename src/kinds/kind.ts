import type { ParsedObject } from '../endpoints/members.ts';
import type { Kind, View } from '../endpoints/view.ts';
import type { Fields } from '../json/fields.ts';
import type { Scanner } from '../json/scanner.ts';
import type { CelFields } from './cel-fields.ts';
import type { ServingFields } from './serving-state.ts';

/** What is read of an object from bytes. */
export interface ReadObject {
  readonly view: View;
  /** As it was sent, but for the members that nobody looks at. */
  readonly metadata: Fields;
}

/** Everything that is known of one kind of object. */
export interface KindDefinition {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly group: string;
  readonly resource: string;
  /** What people call several objects of the kind. */
  readonly plural: string;
  /** Reads an object as one of this kind, whatever it says of itself. Total: any JSON value gives a view, and at most `limit` findings. */
  readonly parse: (object: unknown, limit: number) => ParsedObject;
  /**
   * Reads the same from bytes, into the same view; throws `undecided` where it cannot, so wherever `parse` would have a finding. Absent
   * where objects are few and small: they are read as a tree.
   */
  readonly readBytes?: (scan: Scanner) => ReadObject;
  /** The members that say where traffic goes. Somebody acts on all that is in them, also on what no rule looks at. */
  readonly content: readonly string[];
  readonly servingState: ServingFields;
  /** The names of the Services whose traffic the object may direct, by the object's metadata. */
  readonly serviceNames: (metadata: Fields) => readonly unknown[];
  /** Whether a controller of Kubernetes keeps the object up to date where its Service has a selector, by the object's metadata. */
  readonly isControlled: (metadata: Fields) => boolean;
  /** Whether its name is that of the Service whose traffic it directs. */
  readonly isNamedAsService: boolean;
  /** Whether a write of it can put into service what other objects list already. */
  readonly wakes: boolean;
  /** What a port is that has no number. */
  readonly missingPort: 0 | 'every';
  /** Whether the mutating webhook fills defaults in. */
  readonly hasDefaults: boolean;
  readonly cel: CelFields;
}
