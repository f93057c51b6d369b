import { readFileSync } from 'node:fs';
import { fieldsOf } from '../../../src/json/fields.ts';

type Schema = Readonly<Record<string, unknown>>;

const schema: Schema = JSON.parse(readFileSync('charts/endpoints-webhook/values.schema.json', 'utf8'));

/** Whether the chart has a value by this path, as `--set` writes it. */
export function isValue(path: string): boolean {
  let here: Schema = schema;
  for (const key of path.split('.')) {
    const next = member(resolved(here), key);
    if (!next) return false;
    here = next;
  }
  return true;
}

function member({ properties, additionalProperties }: Schema, key: string): Schema | undefined {
  const known = fieldsOf(properties);
  if (Object.hasOwn(known, key)) return fieldsOf(known[key]);
  return additionalProperties === true ? {} : undefined;
}

function resolved(here: Schema): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(String(here.$ref))?.[1];
  return name === undefined ? here : fieldsOf(fieldsOf(schema.$defs)[name]);
}
