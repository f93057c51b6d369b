import { rules } from '../rules/index.ts';
import type { Enforcement, Rule } from '../rules/rule.ts';
import { matchesPattern } from './exemption.ts';
import type { Check } from './policy.ts';

/** What a policy says of each rule, by its id: the enforcement and the parameters. */
export type RuleSettings = Readonly<Record<string, Settings | undefined>>;

export interface Settings {
  readonly enforcement?: Enforcement | undefined;
  readonly [parameter: string]: unknown;
}

/** What is different in the namespaces that match one of the patterns. */
export interface NamespaceSettings {
  readonly match: readonly string[];
  readonly rules: RuleSettings;
}

/** The checks of rules that are not `none`, in the order of the rules. */
export function checksOf(settings: RuleSettings): readonly Check[] {
  return rules.flatMap((rule) => checkOf(rule, settings[rule.id]));
}

function checkOf(rule: Rule, settings: Settings | undefined): readonly Check[] {
  const { enforcement = rule.enforcement, ...parameters } = settings ?? {};
  return enforcement === 'none' ? [] : [{ rule, enforcement, prepared: rule.prepare?.(parameters) ?? parameters }];
}

/** How many combinations of entries are kept: in practice a handful, but n entries could combine in 2^n ways. */
const kept = 64;

/**
 * Looks up the checks of a namespace by its name; `undefined` where no entry matches. All entries that match apply in order:
 * the last one that says something of an enforcement or a parameter wins. Rules are prepared once for a combination of
 * entries, and not again where the entries say nothing of them.
 */
export function namespaceChecks(
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
    if (known.size === kept) known.clear();
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
    const said = entries.flatMap((entry) => entry.rules[rule.id] ?? []);
    if (said.length === 0) return checks.filter((check) => check.rule === rule);
    return checkOf(rule, Object.assign({}, settings[rule.id], ...said));
  });
}
