import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { type Counts, type Results, readResults, recordsFolder } from '../test/e2e/support/results.ts';

/** A run of the end-to-end suite that passed. */
interface Column {
  readonly title: string;
  readonly results: Results;
}

/** docs/compatibility.md: which scenario passed on which minor, and what of it did not run. */
export function compatibilityPage(): string {
  const columns = globSync(`${recordsFolder}/*.json`).sort().flatMap(columnOf);
  const scenarios = globSync('test/e2e/scenarios/*.ts').sort();
  const titles = ['scenario', ...columns.map(({ title }) => title)];
  const rows = scenarios.map((file) => {
    const name = basename(file, '.ts');
    return [`[${name}](../${file})`, ...columns.map(({ results }) => cell(results.scenarios[name]))];
  });
  const dates = ['when', ...columns.map(({ results }) => datesOf(Object.values(results.scenarios)))];
  const table = [titles, titles.map(() => '---'), dates, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${opening}\n${table}\n${columns.map(notRun).join('')}`;
}

const opening = `# Versions of Kubernetes

The chart installs on Kubernetes 1.30 and later. Printed by \`npm run docs\` from [what the scenarios
of the end-to-end suite](../test/e2e/results) came to when each last ran on each version; \`npm run
e2e:minors\` runs all of them. The first row says when that was. Every other cell has the tests that
passed; none failed. A scenario with a dash did not run there, or did not pass.
`;

function columnOf(file: string): readonly Column[] {
  const results = readResults(file);
  if (!results) return [];
  const version = results.kubernetes.replace(/^v/, '');
  return [{ title: basename(file).startsWith('kind-') ? `${version} in kind` : version, results }];
}

/** The first and the last day of what is known when it ran. */
function datesOf(scenarios: readonly (Counts | null)[]): string {
  const dates = scenarios.flatMap((counts) => counts?.date ?? []).sort();
  const days = [...new Set([dates.at(0), dates.at(-1)])];
  return dates.length > 0 ? days.join(' to ') : '–';
}

function cell(counts: Counts | null | undefined): string {
  return counts ? String(counts.passed) : '–';
}

/** What was skipped there, and why. */
function notRun({ title, results }: Column): string {
  const lines = Object.entries(results.scenarios).flatMap(([name, counts]) =>
    Object.entries(counts?.skipped ?? {}).map(([reason, count]) => `| ${name} | ${count} | ${reason} |`),
  );
  if (lines.length === 0) return '';
  return `\n## Not run on ${title}\n\n| scenario | tests | because |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}
