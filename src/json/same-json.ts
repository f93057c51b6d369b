import { isFields } from './fields.ts';

/** Deep equality of JSON where null, [] and absent are the same. Not recursive: input may be thousands of levels deep. */
export function sameJson(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let next = pairs.pop(); next; next = pairs.pop()) {
    const [a, b] = next;
    if (a === b || (isAbsent(a) && isAbsent(b))) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) pairs.push([a[i], b[i]]);
    } else if (isFields(a) && isFields(b)) {
      for (const key of Object.keys(a)) pairs.push([a[key], Object.hasOwn(b, key) ? b[key] : undefined]);
      for (const key of Object.keys(b)) if (!Object.hasOwn(a, key)) pairs.push([undefined, b[key]]);
    } else return false;
  }
  return true;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
