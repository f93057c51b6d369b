import type { FieldPath } from '../endpoints/field-path.ts';
import type { FieldReader } from '../endpoints/field-reader.ts';
import { metadataPath } from '../endpoints/members.ts';
import { type Fields, fieldsOf, isFields } from '../json/fields.ts';

/** The metadata that decides whether an object receives traffic. An UPDATE that changes it is judged in full. */
export interface ServingFields {
  readonly labels: readonly ServingLabel[];
  /** Annotations of which only the presence counts. */
  readonly annotations: readonly string[];
  /** Whether the owners count. */
  readonly owners: boolean;
}

export interface ServingLabel {
  readonly key: string;
  /** Whether the label counts as absent where it is empty. */
  readonly emptyIsAbsent: boolean;
}

/** Labels that count as absent only where they are absent. */
export function exactLabels(keys: readonly string[]): readonly ServingLabel[] {
  return keys.map((key) => ({ key, emptyIsAbsent: false }));
}

/** A text that is equal for objects in the same state. */
export function readServingState(
  { labels, annotations, owners }: ServingFields,
  metadata: Fields,
  read: FieldReader,
): string {
  const labelsPath = metadataPath.child('labels');
  const labelFields = read.fields(metadata.labels, labelsPath);
  const annotationFields =
    annotations.length > 0 ? read.fields(metadata.annotations, metadataPath.child('annotations')) : {};
  return JSON.stringify([
    labels.map(({ key, emptyIsAbsent }) => read.text(labelFields, key, labelsPath) ?? (emptyIsAbsent ? '' : null)),
    annotations.map((key) => Object.hasOwn(annotationFields, key)),
    owners && read.items(metadata, 'ownerReferences', metadataPath, (item, path) => readOwner(item, path, read)),
  ]);
}

function readOwner(item: unknown, path: FieldPath, read: FieldReader) {
  const owner = read.fields(item, path);
  const text = (key: string) => read.text(owner, key, path) ?? '';
  const flag = (key: string) => read.flag(owner, key, path);
  return [text('apiVersion'), text('kind'), text('name'), text('uid'), flag('controller'), flag('blockOwnerDeletion')];
}

/** The same as it was sent, for objects that cannot be read: equal JSON for objects in the same state. */
export function servingStateAsSent({ labels, annotations, owners }: ServingFields, metadata: Fields): unknown {
  return {
    labels: isFields(metadata.labels) ? undefined : metadata.labels,
    annotations: isFields(metadata.annotations) ? undefined : metadata.annotations,
    labelValues: labels.map(({ key }) => fieldsOf(metadata.labels)[key]),
    annotationKeys: annotations.map((key) => Object.hasOwn(fieldsOf(metadata.annotations), key)),
    owners: owners ? metadata.ownerReferences : undefined,
  };
}
