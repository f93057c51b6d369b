import { type Fields, fieldsOf, isFields, listOf } from '../json/fields.ts';

/** Values and characters that are filled in for one template: a few parameters and aliases could stand for gigabytes. */
const maxFilled = 8_388_608;

/** Values that lie deeper are left as they are. */
const maxDepth = 100;

/** A Template of OpenShift: `objects` with parameters. */
export function isTemplate({ kind, objects }: Fields): boolean {
  return kind === 'Template' && Array.isArray(objects);
}

/** The objects of a Template, with the values that its parameters have by default, as `oc process` fills them in. */
export function fillIn({ objects, parameters }: Fields): unknown {
  const values = new Map<string, string>();
  for (const { name, value } of listOf(parameters).map(fieldsOf))
    if (typeof name === 'string' && typeof value === 'string' && value !== '') values.set(name, value);
  return values.size === 0 ? objects : fill(objects, values, { left: maxFilled }, maxDepth);
}

function fill(value: unknown, values: ReadonlyMap<string, string>, budget: { left: number }, depth: number): unknown {
  if (depth === 0 || --budget.left < 0) return value;
  const inside = (item: unknown) => fill(item, values, budget, depth - 1);
  if (typeof value === 'string') return fillText(value, values, budget);
  if (Array.isArray(value)) return value.map(inside);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inside(item)]));
}

/** `${{NAME}}` is the value as JSON, and stands alone; `${NAME}` is text. */
function fillText(text: string, values: ReadonlyMap<string, string>, budget: { left: number }): unknown {
  const whole = values.get(/^\$\{\{(\w+)\}\}$/.exec(text)?.[1] ?? '');
  if (whole !== undefined) return jsonOf(whole);
  return text.replace(/\$\{(\w+)\}/g, (written, name: string) => {
    const value = values.get(name) ?? written;
    budget.left -= value.length;
    return budget.left < 0 ? written : value;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
