import { FieldPath } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';
import { isFields } from '../json/fields.ts';
import { explainUnknown } from './explain-unknown.ts';
import type { Report } from './report.ts';
import type { ObjectShape, Shape } from './shapes.ts';
import { isTime } from './syntax.ts';

/** Reports what an API server cannot decode: fields that it does not know, also those of the wrong case, and values of another type. */
export function checkDecodable(object: unknown, shape: ObjectShape, report: Report): void {
  checkValue(object, shape, FieldPath.root, [], report);
}

/** `null` is an absent value everywhere. `above`: the objects around it, innermost last. */
function checkValue(
  value: unknown,
  shape: Shape,
  path: FieldPath,
  above: readonly ObjectShape[],
  report: Report,
): void {
  if (value === undefined || value === null) return;
  if (typeof shape === 'string') {
    if (!scalars[shape].has(value)) reportType(value, scalars[shape].name, path, report, scalars[shape].example);
  } else if ('items' in shape) {
    if (!Array.isArray(value)) reportType(value, 'a list', path, report);
    else for (let i = 0; i < value.length; i++) checkValue(value[i], shape.items, path.child(i), above, report);
  } else if (!isFields(value)) reportType(value, 'an object', path, report);
  else if ('values' in shape)
    for (const key of Object.keys(value)) checkValue(value[key], shape.values, path.child(key), above, report);
  else
    for (const key of Object.keys(value)) {
      const known = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      if (known) checkValue(value[key], known, path.child(key), [...above, shape], report);
      else report(path.child(key), () => explainUnknown(key, value, shape, above));
    }
}

interface Scalar {
  readonly name: string;
  readonly example?: string;
  has(value: unknown): boolean;
}

const scalars: Readonly<Record<Extract<Shape, string>, Scalar>> = {
  text: { name: 'a string', has: (value) => typeof value === 'string' },
  flag: { name: 'true or false', has: (value) => typeof value === 'boolean' },
  int32: { name: 'an integer of 32 bits', has: (value) => isInteger(value, 2 ** 31) },
  int64: { name: 'an integer of 64 bits', has: (value) => isInteger(value, 2 ** 63) },
  time: { name: 'a time', example: '2026-01-31T12:00:00Z', has: (value) => typeof value === 'string' && isTime(value) },
  raw: { name: 'JSON', has: () => true },
};

function isInteger(value: unknown, above: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -above && value < above;
}

function reportType(value: unknown, wanted: string, path: FieldPath, report: Report, example = wanted): void {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  const remedy = wanted === 'a string' && scalar ? 'put it in quotes' : `write ${example}`;
  report(path, () => ({ message: `${quote(value)} is not ${wanted}`, remedy }));
}
