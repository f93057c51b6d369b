import type { FieldPath } from '../endpoints/field-path.ts';
import type { FieldReader } from '../endpoints/field-reader.ts';
import { metadataPath } from '../endpoints/members.ts';
import { type Fields, fieldsOf, isFields } from '../json/fields.ts';

/**
 * The metadata that decides whether an object receives traffic, and for how long. An UPDATE that changes it is judged in full, and so is
 * one that changes the owners, of any kind: an object outlives what it was made for where the garbage collector lets go of it.
 */
export interface ServingFields {
  readonly labels: readonly ServingKey[];
  readonly annotations: readonly ServingKey[];
}

/** A label or an annotation. */
export interface ServingKey {
  readonly key: string;
  /** What of it counts: its value, a value that is not empty, or whether it is there. */
  readonly counts: 'value' | 'filled value' | 'presence';
}

/**
 * How many finalizers are compared with one another: what fits into CEL's budget of 1,000,000 beside the other conditions. An UPDATE
 * with more is judged in full.
 */
export const maxFinalizerComparisons = 100_000;

/** A text that is equal for objects in the same state. */
export function readServingState({ labels, annotations }: ServingFields, metadata: Fields, read: FieldReader): string {
  return JSON.stringify([
    readKeys(labels, metadata, 'labels', read),
    readKeys(annotations, metadata, 'annotations', read),
    read.items(metadata, 'ownerReferences', metadataPath, (item, path) => readOwner(item, path, read)),
  ]);
}

/** The keys that are there, with what counts of them: most objects have one or two of them. */
function readKeys(keys: readonly ServingKey[], metadata: Fields, member: string, read: FieldReader): unknown[] {
  const path = metadataPath.child(member);
  const fields = read.fields(metadata[member], path);
  const state: unknown[] = [];
  for (const { key, counts } of keys) {
    if (!Object.hasOwn(fields, key)) continue;
    const value = counts === 'presence' || read.text(fields, key, path);
    if (value !== undefined && !(counts === 'filled value' && value === '')) state.push(key, value);
  }
  return state;
}

function readOwner(item: unknown, path: FieldPath, read: FieldReader) {
  const owner = read.fields(item, path);
  const text = (key: string) => read.text(owner, key, path) ?? '';
  const flag = (key: string) => read.flag(owner, key, path);
  return [text('apiVersion'), text('kind'), text('name'), text('uid'), flag('controller'), flag('blockOwnerDeletion')];
}

/** The same as it was sent, for objects that cannot be read: equal JSON for objects in the same state. */
export function servingStateAsSent({ labels, annotations }: ServingFields, metadata: Fields): unknown {
  return {
    labels: keysAsSent(labels, metadata.labels),
    annotations: keysAsSent(annotations, metadata.annotations),
    owners: metadata.ownerReferences,
  };
}

function keysAsSent(keys: readonly ServingKey[], member: unknown): unknown {
  const fields = fieldsOf(member);
  return {
    unreadable: isFields(member) ? undefined : member,
    keys: keys.map(({ key, counts }) => (counts === 'presence' ? Object.hasOwn(fields, key) : fields[key])),
  };
}
