import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { coverage } from '../src/admission-policy/coverage.ts';
import { printAdmissionPolicies } from '../src/cli/admission-policy.ts';
import { createProgram } from '../src/cli/program.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { policySchema } from '../src/policy/schema.ts';
import { rules } from '../src/rules/index.ts';
import type { Documentation } from '../src/rules/rule.ts';
import { wellFormed } from '../src/rules/well-formed.ts';

/** A file, and what has to stand in it. */
export interface Printed {
  readonly file: string;
  readonly text: string;
}

/** Everything that is written once in the code and shown elsewhere. A test fails where a file says something else. */
export async function printedFiles(): Promise<readonly Printed[]> {
  return [
    { file: 'src/rules/README.md', text: rulesReadme() },
    { file: 'src/policy/policy.schema.json', text: `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n` },
    { file: 'docs/command-line.md', text: withPrinted('docs/command-line.md', 'help', help()) },
    { file: 'charts/endpoints-webhook/files/validating-admission-policy.yaml', text: await defaultAdmissionPolicies() },
    {
      file: 'docs/validating-admission-policy.md',
      text: withPrinted('docs/validating-admission-policy.md', 'coverage', coverageTable()),
    },
  ];
}

function policyJsonSchema() {
  return z.toJSONSchema(policySchema, { target: 'draft-2020-12', io: 'input' });
}

function rulesReadme(): string {
  const sections = [wellFormed, ...rules].map(ruleSection);
  return `# The rules

Printed from the rules by \`npm run docs\`; edit the rule, not this file. How to add one: CONTRIBUTING.md.

${sections.join('\n')}`;
}

function ruleSection(rule: Documentation): string {
  const { id, title, why, remedy, source, fields, enforcement, operations, kinds } = rule;
  const plurals = kinds.map((kind) => (kind === 'EndpointSlice' ? 'EndpointSlices' : kind));
  const lines = why.split('\n').map((line) => line.trim());
  return `## \`${id}\`

**${title}** Default: ${enforcement}, on ${operations === 'create' ? 'CREATE' : 'CREATE and UPDATE'} of ${plurals.join(' and ')}.

${lines.filter((line) => line !== '').join('\n')}

- Remedy: ${remedy}.
- Source: ${source}.
- Fields: ${fields.map((field) => (field === '' ? 'the object' : `\`${field}\``)).join(', ')}
${rule.exemptibleByRbac ? '- Exemptible by RBAC: [docs/rbac-exemptions.md](../../docs/rbac-exemptions.md).\n' : ''}`;
}

/** A file with what stands between two of its comments printed anew. */
function withPrinted(file: string, name: string, printed: string): string {
  const begin = `<!-- ${name}: printed by npm run docs -->`;
  const end = `<!-- /${name} -->`;
  const [before = '', rest = ''] = readFileSync(file, 'utf8').split(begin);
  const after = rest.split(end)[1] ?? '';
  return `${before}${begin}\n${printed}\n${end}${after}`;
}

/** The default policy for the chart, which cannot print them itself. */
async function defaultAdmissionPolicies(): Promise<string> {
  const texts = ['# Printed by `npm run docs`: the default policy as ValidatingAdmissionPolicies.\n'];
  const io = { out: (text: string) => void texts.push(text), err: () => {}, input: async () => '' };
  const none = { leaveOut: [], exemptNamespace: [], exemptUser: [] };
  await printAdmissionPolicies({ name: 'endpoints-webhook', kubernetesVersion: 33, ...none }, io);
  return texts.join('');
}

/** Who holds which rule without pods. */
function coverageTable(): string {
  const rows = [wellFormed, ...rules].flatMap(({ id, kinds }) =>
    kinds.map((kind) => `| \`${id}\` | ${kind} | ${coverageCells(id, kind).join(' | ')} |`),
  );
  return ['| rule | kind | held by | from | how |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function coverageCells(id: string, kind: Kind): readonly string[] {
  const covered = coverage[id]?.[kind];
  if (!covered) throw new Error(`nobody knows what becomes of ${id} of ${kind}`);
  if ('builtIn' in covered) return ['API server', '', covered.builtIn];
  return ['policy', `1.${covered.since}`, covered.how];
}

/** Of the commands that take flags. */
function help(): string {
  const nothing = {
    serve: async () => 0,
    check: async () => 0,
    audit: async () => 0,
    printAdmissionPolicies: async () => 0,
    demo: async () => 0,
    probe: async () => 0,
  };
  const program = createProgram('', nothing, () => {});
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  const texts = ['serve', 'check', 'audit', 'validating-admission-policy'].map((name) =>
    commands.find((command) => command.name() === name)?.helpInformation(),
  );
  return texts.map((text) => `\`\`\`text\n${text?.trimEnd()}\n\`\`\``).join('\n\n');
}
