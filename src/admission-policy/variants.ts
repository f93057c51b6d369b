import type { Settings } from '../policy/check.ts';
import type { NamespaceSettings } from '../policy/namespaces.ts';
import { matchesPattern } from '../policy/pattern.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rule } from '../rules/rule.ts';
import { all, any, literals, matchesOne } from './cel.ts';

/** What a policy says of a rule somewhere. */
export interface Variant {
  readonly settings: Settings;
  /** CEL: whether the namespace of the request is one of those; `undefined`: in all. */
  readonly where: string | undefined;
}

/** More combinations of a policy's `namespaces` entries than this are not spelled out. */
const most = 64;

/**
 * Every setting that a rule has in some namespace, each with where. Combinations of entries that no namespace can match are left
 * out; `undefined` where too many are left.
 */
export function variantsOf(rule: Rule, { settings: { rules, namespaces } }: Policy): readonly Variant[] | undefined {
  const base = rules[rule.id] ?? {};
  const speaking = namespaces.filter((entry) => entry.rules[rule.id]);
  const places = placesOf(speaking);
  if (!places) return undefined;
  const merged = new Map<string, { settings: Settings; where: string[] }>();
  for (const place of places) {
    const settings: Settings = Object.assign({}, base, ...place.inside.map((entry) => entry.rules[rule.id]));
    const key = JSON.stringify(Object.entries(settings).sort());
    const known = merged.get(key) ?? { settings, where: [] };
    known.where.push(conditionOf(place));
    merged.set(key, known);
  }
  const variants = [...merged.values()];
  if (variants.length === 1) return variants.map(({ settings }) => ({ settings, where: undefined }));
  return variants.map(({ settings, where }) => ({ settings, where: any(where) }));
}

/** The namespaces that match some entries and do not match others. */
interface Place {
  readonly inside: readonly NamespaceSettings[];
  readonly outside: readonly NamespaceSettings[];
  /** All of them, where entries name them without patterns. */
  readonly names?: readonly string[];
}

function placesOf(entries: readonly NamespaceSettings[]): readonly Place[] | undefined {
  let places: readonly Place[] = [{ inside: [], outside: [] }];
  for (const entry of entries) {
    places = places.flatMap((place) => [
      narrowed({ ...place, outside: [...place.outside, entry] }),
      narrowed({ ...place, inside: [...place.inside, entry], ...namesOf(place, entry) }),
    ]);
    places = places.filter(({ names }) => names === undefined || names.length > 0);
    if (places.length > most) return undefined;
  }
  return places;
}

function namesOf({ names }: Place, { match }: NamespaceSettings): Pick<Place, 'names'> {
  if (names) return { names };
  return match.some((pattern) => pattern.includes('*')) ? {} : { names: match };
}

function narrowed(place: Place): Place {
  const { names, inside, outside } = place;
  if (!names) return place;
  const isIn = (name: string) => (entry: NamespaceSettings) =>
    entry.match.some((pattern) => matchesPattern(pattern, name));
  return { ...place, names: names.filter((name) => inside.every(isIn(name)) && !outside.some(isIn(name))) };
}

const subject = 'request.namespace';

function conditionOf({ inside, outside, names }: Place): string {
  if (names) return `${subject} in ${literals(names)}`;
  return all([
    ...inside.map(({ match }) => matchesOne(subject, match)),
    ...outside.map(({ match }) => `!(${matchesOne(subject, match)})`),
  ]);
}
