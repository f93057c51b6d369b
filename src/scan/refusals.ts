import type { ReadProblem } from '../cluster/list.ts';
import type { Unread } from '../report/report.ts';

/** What could not be read: one entry for each kind and reason, with all its namespaces. */
export interface Refusals {
  /** `place`: a namespace, or words for several; `''` where there is none. */
  add(what: string, place: string, why: string): void;
  list(): readonly Unread[];
}

export function createRefusals(): Refusals {
  const refusals = new Map<string, { readonly what: string; readonly why: string; readonly places: Set<string> }>();
  return {
    add(what, place, why) {
      const key = JSON.stringify([what, why]);
      const refusal = refusals.get(key) ?? { what, why, places: new Set() };
      refusals.set(key, refusal);
      refusal.places.add(place);
    },
    list: () =>
      [...refusals.values()].map(({ what, why, places }) => {
        const where = [...places].filter((place) => place !== '').join(', ');
        return { what: where === '' ? what : `${what} in ${where}`, why };
      }),
  };
}

/** A message without its namespace, so that the same refusal in several namespaces becomes one. */
export function omitNamespace({ message }: ReadProblem, namespace: string): string {
  return message.replace(` in the namespace "${namespace}"`, ' in this namespace');
}
