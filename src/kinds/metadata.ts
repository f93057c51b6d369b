import type { FieldReader } from '../endpoints/field-reader.ts';
import { checkFinalizers, metadataPath, parseNames } from '../endpoints/members.ts';
import type { View } from '../endpoints/view.ts';
import { readServingState, type ServingFields } from './serving-state.ts';

/** What a view has of an object's metadata. */
export type MetadataView = Pick<View, 'name' | 'generateName' | 'servingState'>;

export function parseMetadata(value: unknown, fields: ServingFields, read: FieldReader): MetadataView {
  const metadata = read.fields(value, metadataPath);
  checkFinalizers(metadata, read);
  const names = parseNames(metadata, read);
  return { ...names, servingState: readServingState(fields, metadata, read) };
}
