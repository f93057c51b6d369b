import * as z from 'zod';
import { fieldsOf } from '../json/fields.ts';
import { rules } from '../rules/index.ts';
import type { DocumentedRule } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { Settings } from './check.ts';
import type { Policy } from './policy.ts';

/** Every rule that a policy may name, the one that is always on first. */
export const documentedRules: readonly DocumentedRule[] = [wellFormed, ...rules];

/** A rule for whoever writes a policy, and what a policy says of it. */
export function ruleText(rule: DocumentedRule, policy: Policy, source: string): string {
  const { id, title, why, remedy, enforcement, operations, kinds } = rule;
  const parts = [
    `${id}: ${title}`,
    linesOf(why),
    [
      `remedy: ${remedy}`,
      `source: ${[rule.source.text, rule.source.url].filter((text) => text !== undefined).join(', ')}`,
      `judges: ${kinds.join(', ')}, on ${operations === 'create' ? 'CREATE' : 'CREATE and UPDATE'}`,
      ...(rule.exemptibleByRbac ? ['exempt by RBAC: whoever may create the restricted subresource'] : []),
      ...(rule.needs ? [`has to know of the cluster: ${rule.needs.join(', ')}`] : []),
      `default: ${enforcement}`,
    ].join('\n'),
    parametersText(rule),
    policyText(rule, policy, source),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** One line for each rule: what a policy says of it, and its title. */
export function rulesText({ settings }: Policy): string {
  const lines = documentedRules.map(({ id, title, enforcement }) => {
    const elsewhere = settings.namespaces.some((entry) => entry.rules[id] !== undefined) ? '*' : ' ';
    return `${id.padEnd(24)}${(settings.rules[id]?.enforcement ?? enforcement).padEnd(5)}${elsewhere} ${title}\n`;
  });
  const note = lines.some((line) => line[29] === '*') ? '\n* other settings in some namespaces\n' : '';
  return `${lines.join('')}${note}`;
}

function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

function parametersText({ id }: DocumentedRule): string {
  const rule = rules.find((one) => one.id === id);
  if (!rule) return '';
  const { properties = {} } = z.toJSONSchema(rule.parameters, { target: 'draft-2020-12', io: 'input' });
  const lines = Object.entries(properties).map(([name, schema]) => {
    const { description = '', default: preset } = fieldsOf(schema);
    return `  ${name}: ${description} Default: ${JSON.stringify(preset)}`;
  });
  return lines.length === 0 ? '' : `parameters:\n${lines.join('\n')}`;
}

function policyText({ id, exemptibleByRbac }: DocumentedRule, policy: Policy, source: string): string {
  const { mode, settings, exempt, digest } = policy;
  const entries = settings.namespaces.flatMap(({ match, rules: { [id]: own } }) =>
    own ? [`in namespaces ${match.join(', ')}: ${settingsText(own)}`] : [],
  );
  const exemptions = id === wellFormed.id ? [] : exempt.filter((entry) => entry.rules?.includes(id) ?? true);
  return [
    `${source} (digest ${digest}) says:`,
    `  ${settingsText(settings.rules[id] ?? {})}`,
    ...entries.map((entry) => `  ${entry}`),
    ...exemptions.map(({ rules: _, ...who }) => `  exempt: ${JSON.stringify(who)}`),
    ...(mode === 'audit' ? ['  mode: audit, so that it is audited at most'] : []),
    ...(exemptibleByRbac ? [`  authorization.wildcards: ${policy.authorization.wildcards}`] : []),
  ].join('\n');
}

function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
