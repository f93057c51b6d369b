import { fieldsOf } from '../../src/json/fields.ts';
import type { Sink } from '../../src/state/sink.ts';

/** A sink that keeps each object whole, by its namespace and name. */
export interface MapSink extends Sink {
  readonly objects: ReadonlyMap<string, unknown>;
}

export function createMapSink(): MapSink {
  const objects = new Map<string, unknown>();
  let marked: Set<string> | undefined;
  return {
    objects,
    begin() {
      marked = new Set();
    },
    put(item) {
      marked?.add(keyOf(item));
      objects.set(keyOf(item), item);
    },
    remove(item) {
      objects.delete(keyOf(item));
    },
    end() {
      for (const key of objects.keys()) if (!marked?.has(key)) objects.delete(key);
      marked = undefined;
    },
  };
}

function keyOf(item: unknown): string {
  const { namespace = '', name } = fieldsOf(fieldsOf(item).metadata);
  return `${namespace}/${name}`;
}
