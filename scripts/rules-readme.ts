import { dump } from 'js-yaml';
import { z } from 'zod';
import { tellViolations, warningTexts } from '../src/admission/denial.ts';
import type { ClusterResource } from '../src/endpoints/cluster-state.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { kinds } from '../src/kinds/index.ts';
import { exampleClusterText } from '../src/report/example-cluster.ts';
import { judgeExample } from '../src/review/judge-example.ts';
import { exampleObject } from '../src/rules/example.ts';
import { rules } from '../src/rules/index.ts';
import type { DocumentedRule, Rule } from '../src/rules/rule.ts';
import type { Source } from '../src/rules/source.ts';
import { wellFormed } from '../src/rules/well-formed.ts';

/** The rules for people: what each demands, an object that violates it, what its author then reads, its parameters. */
export function rulesReadme(): string {
  const sections = [ruleSection(wellFormed, ''), ...rules.map((rule) => ruleSection(rule, parameterTable(rule)))];
  return `# The rules

Printed from the rules by \`npm run docs\`; edit the rule, not this file. How to add one: CONTRIBUTING.md.

${sections.join('\n')}`;
}

function ruleSection(rule: DocumentedRule, parameters: string): string {
  const { id, title, why, remedy, source, enforcement, operations } = rule;
  const plurals = rule.kinds.map((kind) => kinds[kind].plural);
  const lines = why.split('\n').map((line) => line.trim());
  return `## \`${id}\`

**${title}** Default: ${enforcement}, on ${operations === 'create' ? 'CREATE' : 'CREATE and UPDATE'} of ${plurals.join(' and ')}.

${lines.filter((line) => line !== '').join('\n')}

${rule.kinds.map((kind) => exampleText(rule, kind)).join('\n')}${clusterText(rule)}${parameters}
- Remedy: ${remedy}.
- Source: ${sourceText(source)}.
- Fields: ${fieldsText(rule)}
${rule.exemptibleByRbac ? '- Exemptible by RBAC: [docs/rbac-exemptions.md](../../docs/rbac-exemptions.md).\n' : ''}`;
}

function sourceText({ text, url }: Source): string {
  return url === undefined ? text : `[${text}](${url})`;
}

function fieldsText({ fields, fieldsSummary }: DocumentedRule): string {
  return fieldsSummary ?? fields.map((field) => `\`${field}\``).join(', ');
}

/** The object, and what kubectl shows of the answer. */
function exampleText(rule: DocumentedRule, kind: Kind): string {
  const object = exampleObject(rule, kind);
  const violations = judgeExample(rule, kind);
  const denied = violations.filter(({ enforcement }) => enforcement === 'deny');
  const warned = violations.filter(({ enforcement }) => enforcement === 'warn');
  const told = [
    ...(denied.length > 0 ? tellViolations(denied, '', kind).sentences : []),
    ...warningTexts(warned).map((text) => `Warning: ${text}`),
  ];
  return `${denied.length > 0 ? 'Refused' : 'Warned of'}${settingsText(rule)}:

\`\`\`yaml
${dump(object, { noRefs: true }).trimEnd()}
\`\`\`

\`\`\`text
${told.join('\n')}
\`\`\`
`;
}

function settingsText({ parametersOf, exampleParameters }: DocumentedRule): string {
  if (!exampleParameters) return '';
  return ` where the policy says \`${dump(exampleParameters, { flowLevel: 0 }).trimEnd()}\` of ${parametersOf === undefined ? 'this rule' : `\`${parametersOf}\``}`;
}

/** What the cluster has for the examples, and who does not judge by the rule. */
function clusterText(rule: DocumentedRule): string {
  const cluster = exampleClusterText(rule);
  if (cluster === undefined) return '';
  const list = new Intl.ListFormat('en').format((rule.needs ?? []).map((one) => resourceText[one]));
  return `
${cluster}

It has to know the cluster's ${list}. \`check\` passes it over, and says so; no ValidatingAdmissionPolicy holds it.
`;
}

const resourceText: Readonly<Record<ClusterResource, string>> = {
  pods: 'pods',
  services: 'Services',
  servicecidrs: 'ServiceCIDRs',
  nodes: 'Nodes',
  endpointslices: 'the EndpointSlices of `default/kubernetes`',
};

function parameterTable({ parametersOf, parameters }: Rule): string {
  if (parametersOf !== undefined) return `\nIts parameters are those of [\`${parametersOf}\`](#${parametersOf}).\n`;
  const { properties = {} } = z.toJSONSchema(parameters, { target: 'draft-2020-12', io: 'input' });
  const rows = Object.entries(properties).map(([name, schema]) => {
    if (typeof schema === 'boolean') return `| \`${name}\` | | | |`;
    const { description = '', default: preset } = schema;
    return `| \`${name}\` | ${typeText(schema)} | \`${JSON.stringify(preset)}\` | ${description} |`;
  });
  if (rows.length === 0) return '';
  return `\n${['| parameter | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}

/** The type of a parameter in words, such as "list of `TCP`, `UDP` or `SCTP`". */
function typeText({ type, enum: choices, items, minimum, maximum }: z.core.JSONSchema.BaseSchema): string {
  if (choices) return new Intl.ListFormat('en', { type: 'disjunction' }).format(choices.map((one) => `\`${one}\``));
  if (type === 'array' && typeof items === 'object' && !Array.isArray(items))
    return `list of ${typeText(items).replace(/^(?:string|object)$/, '$&s')}`;
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  const bounds = [...(minimum === undefined ? [] : [`from ${minimum}`]), ...(bounded ? [`to ${maximum}`] : [])];
  return [String(type), ...bounds].join(' ');
}
