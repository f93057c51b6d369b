import { type Finding, type Place, quote } from './finding.ts';

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

/**
 * The most items that are read of the lists of one name in one object: more than fit into etcd (80,000 bare addresses do, 100,000 do not),
 * and each that is read costs half a kilobyte.
 */
export const maxItems = 100_000;

/** Reads the fields of one object; what has the wrong type is reported and read as absent. `null` is absent everywhere. */
export interface FieldReader {
  /** Describes what is wrong at a place, unless enough has been said already. */
  report(at: Place, describe: () => Omit<Finding, 'path'>): void;
  /** `undefined` where absent. */
  text(from: Fields, key: string, at: Place): string | undefined;
  /** `undefined` where absent. */
  flag(from: Fields, key: string, at: Place): boolean | undefined;
  /** `{}` where absent. */
  fields(value: unknown, at: Place): Fields;
  /** What `parse` makes of each item; `[]` where absent, or with what was read before more than `maxItems`. Stops once enough has been said. */
  items<T>(from: Fields, key: string, at: Place, parse: (item: unknown, at: Place) => T): T[];
}

/** A reader that reports into `findings`, `limit` of them at most. */
export function fieldReader(findings: Finding[], limit: number): FieldReader {
  const counts = new Map<string, number>();
  const report: FieldReader['report'] = (at, describe) => {
    if (findings.length < limit) findings.push({ path: at.path, ...describe() });
  };
  const wrong = (value: unknown, wanted: string, at: Place, remedy = `write ${wanted}`) => {
    if (value !== undefined && value !== null)
      report(at, () => ({ message: `${quote(value)} is not ${wanted}`, remedy }));
  };
  return {
    report,
    text(from, key, at) {
      const value = from[key];
      if (typeof value === 'string') return value;
      if (value !== undefined)
        wrong(value, 'a string', at.child(key), typeof value === 'object' ? undefined : 'put it in quotes');
      return undefined;
    },
    flag(from, key, at) {
      const value = from[key];
      if (typeof value === 'boolean') return value;
      if (value !== undefined) wrong(value, 'true or false', at.child(key));
      return undefined;
    },
    fields(value, at) {
      if (isFields(value)) return value;
      wrong(value, 'an object', at);
      return none;
    },
    items(from, key, at, parse) {
      const value = from[key];
      if (value === undefined) return [];
      const listAt = at.child(key);
      if (!Array.isArray(value)) {
        wrong(value, 'a list', listAt);
        return [];
      }
      const counted = key === 'notReadyAddresses' ? 'addresses' : key;
      const count = (counts.get(counted) ?? 0) + value.length;
      counts.set(counted, count);
      if (count > maxItems) {
        report(listAt, () => tooMany(counted));
        return [];
      }
      const items = [];
      for (let i = 0; i < value.length && findings.length < limit; i++) items.push(parse(value[i], listAt.child(i)));
      return items;
    },
  };
}

function tooMany(items: string): Omit<Finding, 'path'> {
  return {
    message: `brings the object to more than ${maxItems} ${items}, which no API server stores`,
    remedy: 'split the object',
    reason: 'FieldValueTooMany',
  };
}
