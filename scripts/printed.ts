import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { coverageOf } from '../src/admission-policy/coverage.ts';
import { printAdmissionPolicies } from '../src/cli/admission-policy.ts';
import { createProgram } from '../src/cli/program.ts';
import type { Kind } from '../src/endpoints/view.ts';
import { policySchema } from '../src/policy/schema.ts';
import { rules } from '../src/rules/index.ts';
import type { DocumentedRule } from '../src/rules/rule.ts';
import { wellFormed } from '../src/rules/well-formed.ts';
import { recordsFolder } from '../test/e2e/support/results.ts';
import { chartConditions } from './chart-conditions.ts';
import { chartRules } from './chart-rules.ts';
import { compatibilityPage } from './compatibility.ts';
import { dashboard } from './dashboard.ts';
import { rulesReadme } from './rules-readme.ts';

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
    { file: 'charts/endpoints-webhook/files/grafana-dashboard.json', text: dashboard() },
    { file: 'charts/endpoints-webhook/templates/_conditions.tpl', text: chartConditions() },
    { file: 'charts/endpoints-webhook/templates/_rules.tpl', text: chartRules() },
    {
      file: 'docs/validating-admission-policy.md',
      text: withPrinted('docs/validating-admission-policy.md', 'coverage', coverageTable()),
    },
    ...compatibility(),
  ];
}

/** From the first run on that was kept. */
function compatibility(): readonly Printed[] {
  return existsSync(recordsFolder) ? [{ file: 'docs/compatibility.md', text: compatibilityPage() }] : [];
}

function policyJsonSchema() {
  return z.toJSONSchema(policySchema, { target: 'draft-2020-12', io: 'input' });
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

/** What enforces which rule while no webhook pod answers. */
function coverageTable(): string {
  const rows = [wellFormed, ...rules].flatMap((rule) =>
    rule.kinds.map((kind) => `| \`${rule.id}\` | ${kind} | ${coverageCells(rule, kind).join(' | ')} |`),
  );
  return ['| rule | kind | enforced by | from | how |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function coverageCells(rule: DocumentedRule, kind: Kind): readonly string[] {
  const covered = coverageOf(rule, kind);
  if ('webhookOnly' in covered) return ['only the webhook', '', covered.webhookOnly];
  if ('builtIn' in covered) return ['API server', '', covered.builtIn];
  return ['policy', `1.${covered.since}`, covered.how];
}

/** Of the commands that take flags. */
function help(): string {
  const nothing = {
    serve: async () => 0,
    check: async () => 0,
    audit: async () => 0,
    verify: async () => 0,
    printAdmissionPolicies: async () => 0,
    ...{ checkPolicy: async () => 0, showPolicy: async () => 0, explainPolicy: async () => 0 },
    suggestPolicy: async () => 0,
    demo: async () => 0,
    probe: async () => 0,
  };
  const program = createProgram('', nothing, () => {});
  const helpOf = (...words: string[]) =>
    words.reduce<Command | undefined>((parent, name) => parent?.commands.find((one) => one.name() === name), program);
  const flagged = [
    ...[
      ['serve'],
      ['check'],
      ['audit'],
      ['verify'],
      ['policy', 'check'],
      ['policy', 'show'],
      ['policy', 'explain'],
      ['policy', 'suggest'],
    ],
    ['manifests', 'validating-admission-policy'],
  ];
  const texts = flagged.map((words) => helpOf(...words)?.helpInformation());
  return texts.map((text) => `\`\`\`text\n${text?.trimEnd()}\n\`\`\``).join('\n\n');
}
