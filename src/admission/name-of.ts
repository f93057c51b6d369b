import { fieldsOf } from '../json/fields.ts';

/** The name a reader knows the object by; `''` where it has none. */
export function nameOf(object: unknown): string {
  const { name, generateName } = fieldsOf(fieldsOf(object).metadata);
  if (typeof name === 'string' && name !== '') return name;
  return typeof generateName === 'string' && generateName !== '' ? `${generateName}<generated>` : '';
}
