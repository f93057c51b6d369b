/** A JSON object. Its own keys only ever hold JSON: read them by names that `Object.prototype` does not have. */
export type Fields = { readonly [key: string]: unknown };

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const none: Fields = Object.freeze({});

/** The value, where it is an object; `{}` for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : none;
}

/** The value, where it is a list; `[]` for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
