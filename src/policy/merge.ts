import { isFields, listOf } from '../json/fields.ts';

/** Of these, entries combine: those of a later policy follow those of an earlier one. */
const appended: ReadonlySet<string> = new Set(['namespaces', 'exempt']);

/**
 * One policy of several, each of which is valid by itself: a later one wins. Maps are merged key by key, lists and other values are
 * replaced whole, but those of `namespaces` and `exempt` are appended.
 */
export function mergePolicies(policies: readonly unknown[]): unknown {
  return policies.reduce((under, over) => {
    const merged = overlay(under, over);
    if (!isFields(merged) || !isFields(under) || !isFields(over)) return merged;
    const lists = [...appended].filter((key) => key in under && key in over);
    return {
      ...merged,
      ...Object.fromEntries(lists.map((key) => [key, [...listOf(under[key]), ...listOf(over[key])]])),
    };
  });
}

function overlay(under: unknown, over: unknown): unknown {
  if (!isFields(under) || !isFields(over)) return over;
  const replaced = Object.entries(over).map(([key, value]) => [key, key in under ? overlay(under[key], value) : value]);
  return { ...under, ...Object.fromEntries(replaced) };
}
