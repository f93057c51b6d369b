import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const weird: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, [], {}, '', 0, -1, 80.5, 1e300, true, [null], [[]], JSON.parse('{"__proto__":{"ip":1}}')),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

/** Objects with any of their values replaced by anything. */
export function wildly(objects: fc.Arbitrary<object>): fc.Arbitrary<Json> {
  return fc.tuple(objects, fc.array(fc.tuple(fc.nat(), weird), { maxLength: 4 })).map(([object, edits]) => {
    const edited = JSON.parse(JSON.stringify(object)) as Json;
    for (const [pick, value] of edits) {
      const slots = slotsOf(edited);
      const [container, key] = slots[pick % slots.length] as [Record<string, Json>, string];
      container[key] = structuredClone(value);
    }
    return edited;
  });
}

function slotsOf(value: Json): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[value, key] as [object, string], ...slotsOf(item)]);
}

export function valueAt(object: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    object,
  );
}

/** The object with null, [] and absent swapped in objects. Annotations are left alone: a key without a value is a key there. */
export function swapped(value: Json, toss: () => number): Json {
  if (Array.isArray(value)) return value.map((item) => swapped(item, toss));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, Json][] => {
      const absent = item === null || (Array.isArray(item) && item.length === 0);
      if (!absent || key === 'annotations') return [[key, key === 'annotations' ? item : swapped(item, toss)]];
      return ([[], [[key, null]], [[key, []]]] as [string, Json][][])[toss() % 3] ?? [];
    }),
  );
}
