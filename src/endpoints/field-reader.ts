import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import type { FieldPath } from './field-path.ts';
import type { Finding } from './finding.ts';
import { quote } from './quote.ts';

/**
 * The most items that are read of the lists of one name in one object: more than fit into etcd (80,000 bare addresses do, 100,000 do not),
 * and each that is read costs half a kilobyte.
 */
export const maxItems = 100_000;

/** Reads the fields of one object; what has the wrong type is reported and read as absent. `null` is absent everywhere. */
export interface FieldReader {
  /** Adds a finding, unless the limit is reached. `describe` is told how many there are already. */
  report(path: FieldPath, describe: (reported: number) => Omit<Finding, 'path'>): void;
  /** `undefined` where absent. */
  text(from: Fields, key: string, path: FieldPath): string | undefined;
  /** `undefined` where absent. */
  flag(from: Fields, key: string, path: FieldPath): boolean | undefined;
  /** `{}` where absent. `example`: what such an object may look like. */
  fields(value: unknown, path: FieldPath, example?: string): Fields;
  /** What `parse` makes of each item; `[]` where absent, or where lists of this name hold more than `maxItems` together. Stops at the limit of findings. */
  items<T>(from: Fields, key: string, path: FieldPath, parse: (item: unknown, path: FieldPath) => T): T[];
}

/** A reader that reports into `findings`, `limit` of them at most. */
export function createFieldReader(findings: Finding[], limit: number): FieldReader {
  const counts = new Map<string, number>();
  const report: FieldReader['report'] = (path, describe) => {
    if (findings.length < limit) findings.push({ path: path.steps, ...describe(findings.length) });
  };
  const wrong = (value: unknown, wanted: string, path: FieldPath, remedy = `write ${wanted}`) => {
    if (value !== undefined && value !== null)
      report(path, () => ({ message: `${quote(value)} is not ${wanted}`, remedy }));
  };
  return {
    report,
    text(from, key, path) {
      const value = from[key];
      if (typeof value === 'string') return value;
      if (value !== undefined)
        wrong(value, 'a string', path.child(key), typeof value === 'object' ? undefined : 'put it in quotes');
      return undefined;
    },
    flag(from, key, path) {
      const value = from[key];
      if (typeof value === 'boolean') return value;
      const remedy = typeof value === 'string' ? 'write true or false without quotes' : undefined;
      if (value !== undefined) wrong(value, 'true or false', path.child(key), remedy);
      return undefined;
    },
    fields(value, path, example) {
      if (!isFields(value)) wrong(value, 'an object', path, example && `write an object such as ${example}`);
      return fieldsOf(value);
    },
    items(from, key, path, parse) {
      const value = from[key];
      if (value === undefined) return [];
      const listPath = path.child(key);
      if (!Array.isArray(value)) {
        wrong(value, 'a list', listPath, 'write a list, with "-" before each item');
        return [];
      }
      const counted = key === 'notReadyAddresses' ? 'addresses' : key;
      const count = (counts.get(counted) ?? 0) + value.length;
      counts.set(counted, count);
      if (count > maxItems) {
        report(listPath, () => tooMany(counted));
        return [];
      }
      const items = [];
      for (let i = 0; i < value.length && findings.length < limit; i++) items.push(parse(value[i], listPath.child(i)));
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
