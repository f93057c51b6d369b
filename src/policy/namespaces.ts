import { rules } from '../rules/index.ts';
import { matchesPattern } from '../rules/pattern.ts';
import { type Check, checkOf, type RuleSettings } from './check.ts';

/** Settings that differ in the namespaces that match one of the patterns. */
export interface NamespaceSettings {
  readonly match: readonly string[];
  readonly rules: RuleSettings;
}

/** Combinations of entries that are remembered: in practice a handful, but n entries could combine in 2^n ways. */
const maxCombinations = 64;

/**
 * Looks up the checks of a namespace by its name; `undefined` where no entry matches. All entries that match apply in order:
 * later ones override earlier ones, setting by setting. Each combination of entries prepares only the rules that it changes,
 * and only once.
 */
export function resolveNamespaceChecks(
  settings: RuleSettings,
  checks: readonly Check[],
  entries: readonly NamespaceSettings[],
): (namespace: string) => readonly Check[] | undefined {
  const known = new Map<string, readonly Check[]>();
  return (namespace) => {
    const matching = entries.filter(({ match }) => match.some((pattern) => matchesPattern(pattern, namespace)));
    if (matching.length === 0) return undefined;
    const key = matching.map((entry) => entries.indexOf(entry)).join();
    const found = known.get(key);
    if (found) return found;
    if (known.size === maxCombinations) known.clear();
    const combined = combine(settings, checks, matching);
    known.set(key, combined);
    return combined;
  };
}

function combine(
  settings: RuleSettings,
  checks: readonly Check[],
  entries: readonly NamespaceSettings[],
): readonly Check[] {
  return rules.flatMap((rule) => {
    const overrides = entries.flatMap((entry) => entry.rules[rule.id] ?? []);
    if (overrides.length === 0) return checks.filter((check) => check.rule === rule);
    return checkOf(rule, Object.assign({}, settings[rule.id], ...overrides));
  });
}
