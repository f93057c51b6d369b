import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import { readEnvironment } from './environment.ts';
import { type Counts, type Results, readResults, recordOf, recordsFolder, resultsFile } from './results.ts';

const noReason = 'no reason was given';

/** Writes down what a run came to. A test that is skipped without a reason lets the run fail: it would look as if it had run. */
export const resultsReporter: Reporter = {
  onTestRunEnd(modules) {
    const [first] = modules;
    if (!first) return;
    const { kubernetes } = first.project.getProvidedContext();
    const counted = new Map(modules.map((module) => [scenarioOf(module.moduleId), countsOf(module)]));
    const all = globSync('test/e2e/scenarios/*.ts').map(scenarioOf).sort();
    const scenarios = Object.fromEntries(all.map((name) => [name, counted.get(name) ?? null]));
    const results: Results = { kubernetes: kubernetes.gitVersion, scenarios };
    write(resultsFile, results);
    const { record } = readEnvironment();
    if (record) keep(record, results);
    for (const [name, { skipped }] of counted) if (skipped[noReason]) failFor(name, skipped[noReason]);
  },
};

/** Scenario by scenario: one that was not in this run keeps what it last came to there. */
function keep(record: string, results: Results): void {
  const file = `${recordsFolder}/${record}.json`;
  write(file, recordOf(readResults(file), results));
  const failed = Object.entries(results.scenarios).filter(([, counts]) => counts && counts.failed > 0);
  if (failed.length > 0) console.error(`not kept in ${file}: ${failed.map(([name]) => name).join(', ')} did not pass`);
}

function write(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

function scenarioOf(file: string): string {
  return basename(file, '.ts');
}

function countsOf(module: TestModule): Counts {
  const { testNamePattern } = module.project.config;
  const date = new Date().toISOString().slice(0, 10);
  const failed = module.ok() || !isBroken(module) ? 0 : 1;
  const counts = { passed: 0, failed, skipped: {} as Record<string, number>, date };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') counts[state]++;
    else {
      const reason = reasonOf(test) ?? (testNamePattern ? 'left out by --testNamePattern' : noReason);
      counts.skipped[reason] = (counts.skipped[reason] ?? 0) + 1;
    }
  }
  return counts;
}

/** Whether something failed that is no test: loading a file, or a hook. */
function isBroken(module: TestModule): boolean {
  return [module, ...module.children.allSuites()].some((one) => one.errors().length > 0);
}

/** Its own, or that of the group that it is in. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return result.note;
  let one: TestCase | TestSuite | TestModule = test;
  for (; one.type !== 'module'; one = one.parent) if (one.meta().reason) return one.meta().reason;
  return undefined;
}

function failFor(scenario: string, count: number): void {
  console.error(`${scenario}: ${count} tests were skipped without a reason: say why with needs() or skip(reason)`);
  process.exitCode = 1;
}
