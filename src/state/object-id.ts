import { fieldsOf } from '../json/fields.ts';

/** What tells the objects of one kind apart. `namespace` is `''` where the kind has none. */
export interface ObjectId {
  readonly namespace: string;
  readonly name: string;
}

/** `undefined` for what has no name. */
export function objectId(object: unknown): ObjectId | undefined {
  const { namespace = '', name } = fieldsOf(fieldsOf(object).metadata);
  if (typeof namespace !== 'string' || typeof name !== 'string' || name === '') return undefined;
  return { namespace, name };
}
