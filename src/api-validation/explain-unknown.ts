import { type Fields, isFields } from '../json/fields.ts';
import { nearest } from '../policy/nearest.ts';
import type { Refusal } from './report.ts';
import type { ObjectShape, Shape } from './shapes.ts';

/** What a key that no field has seems to mean, in an object of this shape inside of those above it. */
export function explainUnknown(
  key: string,
  object: Fields,
  shape: ObjectShape,
  above: readonly ObjectShape[],
): Omit<Refusal, 'path'> {
  const message = `is no field of ${shape.type}`;
  const names = Object.keys(shape.fields);
  const fitting = names.filter((name) => fits(object[key], shape.fields[name]));
  const meant = nearestName(key, fitting) ?? nearestName(key, names);
  if (meant && !isHere(meant, object)) return { message, remedy: `write ${meant}`, ofKey: true, meant };
  const remedy =
    (meant && `remove it, since ${meant} is here already`) ??
    placeOf(key, shape, above) ??
    `remove it; the fields of ${shape.type} are ${names.join(', ')}`;
  return { message, remedy, ofKey: true };
}

function isHere(name: string, object: Fields): boolean {
  return Object.hasOwn(object, name) && object[name] !== null;
}

/** As far as can be seen from outside. */
function fits(value: unknown, shape: Shape | undefined): boolean {
  if (Array.isArray(value)) return typeof shape === 'object' && 'items' in shape;
  if (isFields(value)) return typeof shape === 'object' && !('items' in shape);
  if (typeof value === 'string') return shape === 'text';
  return typeof value === 'number' ? shape === 'int32' : shape === 'flag';
}

/** The name itself in another case, its beginning or end, or what is a few letters away. */
function nearestName(key: string, names: readonly string[]): string | undefined {
  const word = key.toLowerCase();
  const written = names.map((name) => ({ name, lower: name.toLowerCase() }));
  const found =
    written.find(({ lower }) => lower === word) ??
    written.find(({ lower }) => word.length > 2 && lower.startsWith(word)) ??
    written.find(({ lower }) => word.startsWith(lower)) ??
    written.find(({ lower }) => word.length > 3 && lower.endsWith(word));
  return found?.name ?? (word.length > 2 ? nearest(key, names) : undefined);
}

/** Where a field of exactly this name stands: one object further in, or further out. */
function placeOf(key: string, shape: ObjectShape, above: readonly ObjectShape[]): string | undefined {
  for (const [name, inner] of Object.entries(shape.fields))
    if (Object.hasOwn(fieldsIn(inner), key)) return `write it inside of ${name}`;
  const outer = above.findLast(({ fields }) => Object.hasOwn(fields, key));
  return outer && `write it further out, in ${outer.type}`;
}

function fieldsIn(shape: Shape): ObjectShape['fields'] {
  if (typeof shape === 'string' || 'values' in shape) return {};
  return 'items' in shape ? fieldsIn(shape.items) : shape.fields;
}
