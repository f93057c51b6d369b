import { isFields } from '../json/fields.ts';

/** The subsets with `protocol: TCP` in every port without one; the same list where nothing is missing. */
export function fillProtocols(subsets: readonly unknown[]): readonly unknown[] {
  return mapChanged(subsets, (subset) => {
    if (!isFields(subset) || !Array.isArray(subset.ports)) return subset;
    const ports = mapChanged(subset.ports, defaultProtocol);
    return ports === subset.ports ? subset : { ...subset, ports };
  });
}

/** A port of the wrong type stays as it is, for the validating side to refuse. */
function defaultProtocol(port: unknown): unknown {
  const fields: unknown = port ?? {};
  if (!isFields(fields)) return port;
  const { protocol } = fields;
  return protocol === undefined || protocol === null || protocol === '' ? { ...fields, protocol: 'TCP' } : port;
}

/** The same list where no item changes. */
function mapChanged(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = change(list[i]);
    if (item === list[i] && changed === undefined) continue;
    changed ??= list.slice(0, i);
    changed.push(item);
  }
  return changed ?? list;
}
