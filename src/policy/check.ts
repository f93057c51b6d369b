import { rules } from '../rules/index.ts';
import type { Enforcement, Rule } from '../rules/rule.ts';

/** A rule that is on, with what it prepared from its parameters. */
export interface Check {
  readonly rule: Rule;
  readonly enforcement: Exclude<Enforcement, 'none'>;
  readonly prepared: Record<string, unknown>;
}

/** What a policy says of each rule, by its id: the enforcement and the parameters. */
export type RuleSettings = Readonly<Record<string, Settings | undefined>>;

export interface Settings {
  readonly enforcement?: Enforcement | undefined;
  readonly [parameter: string]: unknown;
}

/** The checks of rules that are not `none`, in the order of the rules. */
export function checksOf(settings: RuleSettings): readonly Check[] {
  return rules.flatMap((rule) => checkOf(rule, settings[rule.id]));
}

/** One check, or none where the rule is off. */
export function checkOf(rule: Rule, settings: Settings | undefined): readonly Check[] {
  const { enforcement = rule.enforcement, ...parameters } = settings ?? {};
  return enforcement === 'none' ? [] : [{ rule, enforcement, prepared: rule.prepare?.(parameters) ?? parameters }];
}
