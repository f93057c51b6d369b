import type { Settings } from '../policy/check.ts';
import type { NamespaceSettings } from '../policy/namespaces.ts';
import type { Policy } from '../policy/policy.ts';
import { matchesPattern } from '../rules/pattern.ts';
import type { Rule } from '../rules/rule.ts';
import { all, any, literals, matchesOne } from './cel.ts';

/** The settings of a rule in some namespaces. */
export interface Variant {
  readonly settings: Settings;
  /** CEL: whether the namespace of the request is one of them; `undefined` for all. */
  readonly where: string | undefined;
}

/** The most combinations of a policy's `namespaces` entries that are spelled out. */
const maxCombinations = 64;

/**
 * All settings that a rule has in some namespace, each with the namespaces. Combinations of entries that no namespace can match are
 * left out; `undefined` where too many are left.
 */
export function variantsOf(rule: Rule, { settings: { rules, namespaces } }: Policy): readonly Variant[] | undefined {
  const base = rules[rule.id] ?? {};
  const setting = namespaces.filter((entry) => entry.rules[rule.id]);
  const combinations = combinationsOf(setting);
  if (!combinations) return undefined;
  const merged = new Map<string, { settings: Settings; where: string[] }>();
  for (const combination of combinations) {
    const settings: Settings = Object.assign({}, base, ...combination.inside.map((entry) => entry.rules[rule.id]));
    const key = JSON.stringify(Object.entries(settings).sort());
    const known = merged.get(key) ?? { settings, where: [] };
    known.where.push(conditionOf(combination));
    merged.set(key, known);
  }
  const variants = [...merged.values()];
  if (variants.length === 1) return variants.map(({ settings }) => ({ settings, where: undefined }));
  return variants.map(({ settings, where }) => ({ settings, where: any(where) }));
}

/** The namespaces that match some entries and do not match others. */
interface Combination {
  readonly inside: readonly NamespaceSettings[];
  readonly outside: readonly NamespaceSettings[];
  /** All of them, where entries name them without patterns. */
  readonly names?: readonly string[];
}

function combinationsOf(entries: readonly NamespaceSettings[]): readonly Combination[] | undefined {
  let combinations: readonly Combination[] = [{ inside: [], outside: [] }];
  for (const entry of entries) {
    combinations = combinations.flatMap((combination) => [
      narrow({ ...combination, outside: [...combination.outside, entry] }),
      narrow({ ...combination, inside: [...combination.inside, entry], ...namesOf(combination, entry) }),
    ]);
    combinations = combinations.filter(({ names }) => names === undefined || names.length > 0);
    if (combinations.length > maxCombinations) return undefined;
  }
  return combinations;
}

function namesOf({ names }: Combination, { match }: NamespaceSettings): Pick<Combination, 'names'> {
  if (names) return { names };
  return match.some((pattern) => pattern.includes('*')) ? {} : { names: match };
}

function narrow(combination: Combination): Combination {
  const { names, inside, outside } = combination;
  if (!names) return combination;
  const isIn = (name: string) => (entry: NamespaceSettings) =>
    entry.match.some((pattern) => matchesPattern(pattern, name));
  return { ...combination, names: names.filter((name) => inside.every(isIn(name)) && !outside.some(isIn(name))) };
}

const subject = 'request.namespace';

function conditionOf({ inside, outside, names }: Combination): string {
  if (names) return `${subject} in ${literals(names)}`;
  return all([
    ...inside.map(({ match }) => matchesOne(subject, match)),
    ...outside.map(({ match }) => `!(${matchesOne(subject, match)})`),
  ]);
}
