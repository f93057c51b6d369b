import { existsSync, readFileSync } from 'node:fs';
import { folder } from './folder.ts';

/** What one run of the suite came to. */
export interface Results {
  /** Of the API server, such as `v1.37.2`. */
  readonly kubernetes: string;
  /** Every scenario that there is, by the name of its file; `null`: it was not in this run. */
  readonly scenarios: Readonly<Record<string, Counts | null>>;
}

/** Of tests. What is skipped was not run, and does not count as passed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** How many, by their reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** When they ran, as `2026-11-30`; records of before do not say it. */
  readonly date?: string;
}

export const resultsFile = `${folder}/results.json`;
/** What each scenario came to last on each minor, in runs that were to be kept: `1.30.json`, and `kind-1.33.json` of those in kind. */
export const recordsFolder = 'test/e2e/results';

/** Of the run that has just ended; `undefined` where it broke off. */
export function readResults(file = resultsFile): Results | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** What is kept of a run, over what was kept before: of each scenario what it came to last, and nothing where it failed then. */
export function recordOf(before: Results | undefined, { kubernetes, scenarios }: Results): Results {
  const kept = Object.entries(scenarios).map(([name, counts]) => {
    const last = counts ?? before?.scenarios[name] ?? null;
    return [name, last && last.failed === 0 ? last : null] as const;
  });
  return { kubernetes, scenarios: Object.fromEntries(kept) };
}

/** How many tests passed, failed and were skipped in each scenario that ran, and what did not run. */
export function printResults({ scenarios }: Results): string {
  const ran = Object.entries(scenarios).flatMap(([name, counts]) => (counts ? [{ name, counts }] : []));
  const left = Object.keys(scenarios).filter((name) => !scenarios[name]);
  const rows = ran.map(({ name, counts }) => `| ${name} | ${counts.passed} | ${counts.failed} | ${sum(counts)} |`);
  const skipped = ran.flatMap(({ name, counts }) =>
    Object.entries(counts.skipped).map(([reason, count]) => `- ${name}: ${count} of its tests: ${reason}.`),
  );
  const notRun = [...skipped, ...left.map((name) => `- ${name}: not in this run.`)];
  return [
    '## What ran\n',
    '| scenario | passed | failed | not run |',
    '| --- | --- | --- | --- |',
    `${rows.join('\n')}\n`,
    ...(notRun.length > 0 ? ['## Not run\n', `${notRun.join('\n')}\n`] : []),
  ].join('\n');
}

function sum({ skipped }: Counts): number {
  return Object.values(skipped).reduce((all, count) => all + count, 0);
}
