// Prints everything that is printed from the code into the files that carry it: documents, schemas, chart, missing goldens of fixtures.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { printedFiles } from './printed.ts';

for (const { file, text } of await printedFiles()) {
  writeFileSync(file, text);
  console.log(`printed ${file}`);
}
printMissingGoldens();
printChart();

/** What `check` says of reject fixtures that are new. Those that exist are rewritten only by UPDATE_CORPUS=1. */
function printMissingGoldens(): void {
  const missing = globSync('test/corpus/*/reject/*.yaml').filter((file) => !existsSync(file.replace(/yaml$/, 'out')));
  for (const id of new Set(missing.map((file) => file.split('/')[2]))) {
    if (existsSync(`test/corpus/${id}/cluster.yaml`)) continue; // check passes them over
    run('node_modules/.bin/vitest', ['run', 'test/corpus.test.ts', '-t', `corpus/${id}/`], {
      UPDATE_CORPUS: 'missing',
    });
    console.log(`printed test/corpus/${id}/reject/*.out`);
  }
}

/** The chart's schema, README and deploy/install.yaml, by tools that are built with Go. */
function printChart(): void {
  const hasGo = spawnSync('go', ['version']).status === 0;
  const need = hasGo ? 'the tools of the chart, which it builds the first time' : 'Go';
  const skipped = `needs ${need}: npm run chart was not run (schema and README of the chart, deploy/install.yaml)`;
  const canPrint = hasGo && existsSync('.tools/bin/helm-docs');
  console.log(canPrint ? run('scripts/chart', ['print'], {}).trimEnd() : skipped);
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): string {
  const { status, stdout, stderr } = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  if (status === 0) return stdout;
  console.error(`${stdout}${stderr}\n${[command, ...args].join(' ')} failed`);
  process.exit(1);
}
