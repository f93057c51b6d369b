import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../e2e/support/program.ts';
import { printResults, readResults } from '../e2e/support/results.ts';

// What a run of the suite is said to have come to: the runner itself, over scenarios that need no cluster.

const scenarios: Readonly<Record<string, string>> = {
  '10-some': `
    import { describe, test } from 'vitest';
    import { needs } from '../../../../../test/e2e/support/needs.ts';
    test('passes', () => {});
    test('is broken off', ({ skip }) => skip('there is nothing to compare with'));
    describe('a group', needs(undefined, 'give E2E_THING=<command>'), () => {
      test('one', () => {});
      test('another', () => {});
    });
    describe('a group that runs', needs('there', 'never said'), () => test('passes', () => {}));`,
  '20-breaks': `
    import { beforeAll, test } from 'vitest';
    beforeAll(() => { throw new Error('no cluster'); });
    test('does not run', () => {});`,
  '30-silent': `
    import { test } from 'vitest';
    test('passes', () => {});
    test.skip('looks as if it had run', () => {});`,
  '40-left-out': '',
};

const date = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);

let folder: string;

beforeAll(() => {
  mkdirSync('dist', { recursive: true });
  folder = mkdtempSync('dist/results-');
  mkdirSync(`${folder}/test/e2e/scenarios`, { recursive: true });
  for (const [name, text] of Object.entries(scenarios)) writeFileSync(`${folder}/test/e2e/scenarios/${name}.ts`, text);
  writeFileSync(
    `${folder}/vitest.config.ts`,
    `import { resultsReporter } from '../../test/e2e/support/results-reporter.ts';
     const test = { include: ['test/e2e/scenarios/*.ts'], provide: { kubernetes: { gitVersion: 'v1.30.14' } } };
     export default { test: { ...test, reporters: [resultsReporter] } };`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

async function runSuite(flags: readonly string[], record = '') {
  const vitest = [process.execPath, `${process.cwd()}/node_modules/vitest/vitest.mjs`, 'run', ...flags];
  const { code, err } = await run('bash', ['-c', `cd ${folder} && E2E_RECORD=${record} "$@"`, 'bash', ...vitest]);
  return { code, err, results: readResults(`${folder}/dist/e2e/results.json`) };
}

test('what was skipped is told with its reason and counts as nothing else, and what was left out is named', async () => {
  const { code, results } = await runSuite(['10-']);
  expect(code).toBe(0);
  expect(results).toEqual({
    kubernetes: 'v1.30.14',
    scenarios: {
      '10-some': {
        passed: 2,
        failed: 0,
        skipped: { 'there is nothing to compare with': 1, 'give E2E_THING=<command>': 2 },
        date,
      },
      '20-breaks': null,
      '30-silent': null,
      '40-left-out': null,
    },
  });
  const printed = results && printResults(results);
  expect(printed).toContain('| 10-some | 2 | 0 | 3 |\n');
  expect(printed).toContain('\n- 10-some: 2 of its tests: give E2E_THING=<command>.\n');
  expect(printed).toContain('\n- 20-breaks: not in this run.\n');
});

test('a test that is skipped without a reason lets the run fail, and is named', async () => {
  const { code, err, results } = await runSuite(['30-']);
  expect([code, err]).toEqual([1, expect.stringContaining('30-silent: 1 tests were skipped without a reason')]);
  expect(results?.scenarios['30-silent']).toEqual({
    passed: 1,
    failed: 0,
    skipped: { 'no reason was given': 1 },
    date,
  });
});

test('what a broken hook kept from running has not passed', async () => {
  const { code, results } = await runSuite(['20-']);
  expect(code).toBe(1);
  expect(results?.scenarios['20-breaks']).toMatchObject({ passed: 0, failed: 1 });
});

test('what a pattern leaves out is no mistake', async () => {
  const { code, results } = await runSuite(['30-', '--testNamePattern', 'passes']);
  expect(code).toBe(0);
  expect(results?.scenarios['30-silent']?.skipped).toEqual({ 'left out by --testNamePattern': 1 });
});

const recordFile = () => `${folder}/test/e2e/results/1.30.json`;
const record = () => readResults(recordFile());

test('what passes is kept where it is told to, beside what did before; what fails is kept no more', async () => {
  const { results } = await runSuite(['10-'], '1.30');
  expect(record()).toEqual(results);
  const passed = { passed: 1, failed: 0, skipped: {} };
  writeFileSync(
    recordFile(),
    JSON.stringify({ ...results, scenarios: { ...results?.scenarios, '20-breaks': passed } }),
  );
  const { err } = await runSuite(['20-'], '1.30');
  expect(err).toContain('not kept in test/e2e/results/1.30.json: 20-breaks did not pass');
  expect(record()).toEqual(results);
});
