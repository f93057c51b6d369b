import { appendFileSync } from 'node:fs';
import { folder } from './folder.ts';
import { printResults, type Results } from './results.ts';

export const factsFile = `${folder}/facts.jsonl`;
/** What one run saw, with its timings; git ignores it. What readers want of it is in docs/end-to-end.md. */
export const reportFile = `${folder}/report.md`;

/** The sections of the report, in its order. */
const sections = {
  cluster: 'Where',
  install: 'Install',
  example: 'The example of “Creating an Endpoints Object”',
  rules: 'Who refuses first',
  texts: 'What a user reads',
  corpus: 'The corpus',
  conditions: 'Which writes call the webhook',
  targets: 'Forbidden targets',
  bypass: 'The bypass hunt',
  ownership: 'Whose an address is',
  services: 'Services',
  platforms: 'Platforms',
  upgrades: 'Upgrades',
  commands: 'Printed commands',
  'lock-out': 'Nobody is locked out',
  policy: 'A policy that somebody else owns',
  'own-account': "The pods' own account",
  verify: 'What verify names',
  alerts: 'Alerts',
  availability: 'Availability',
  flood: 'The largest objects, 16 at once',
  'client-certificates': 'Only API servers are answered',
  traffic: 'Service traffic',
  uninstall: 'Uninstall',
  audit: 'Audit',
  'admission-policies': 'ValidatingAdmissionPolicies',
} as const;

export type Section = keyof typeof sections;

interface Fact {
  readonly section: Section;
  readonly text: string;
}

/** Writes down what a test saw, as a line (or block) of Markdown. */
export function note(section: Section, text: string): void {
  appendFileSync(factsFile, `${JSON.stringify({ section, text } satisfies Fact)}\n`);
}

function factsOf(lines: string): readonly Fact[] {
  return lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** The report, from the lines that the tests wrote and what came of them. */
export function printReport(lines: string, seconds: number, results: Results | undefined): string {
  const facts = factsOf(lines);
  const parts = Object.entries(sections).map(([section, title]) => {
    const texts = facts.filter((fact) => fact.section === section).map(({ text }) => text);
    return texts.length === 0 ? '' : `## ${title}\n\n${texts.join('\n')}\n`;
  });
  return `# What the end-to-end tests saw

Printed by \`npm run e2e\` from one run, which took ${Math.round(seconds)} s.

${[...parts.filter((part) => part !== ''), results ? printResults(results) : ''].join('\n')}`;
}

/** One decimal, for a reader. */
export function inSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** Many lines as a user sees them. */
export function literally(text: string): string {
  return `\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
