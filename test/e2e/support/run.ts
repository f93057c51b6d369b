import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { api } from './api.ts';
import { deleteNamespaces } from './cleanup.ts';
import { missing, readEnvironment } from './environment.ts';
import { folder } from './folder.ts';
import { helm } from './helm.ts';
import { configurationName, configurationPath, configurations, fullnameOf } from './names.ts';
import { factsFile, printReport, reportFile } from './report.ts';
import { readResults } from './results.ts';
import { readVersion, type Version } from './version.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A few letters that all names of this run carry. */
    run: string;
    kubernetes: Version;
  }
}

let began = 0;
let run = '';

/** Before the first scenario: says what is missing. */
export async function setup({ provide }: TestProject): Promise<void> {
  const reasons = missing();
  if (reasons.length > 0) stop(reasons);
  const taken = await whoHas(readEnvironment().release);
  if (taken) stop([taken]);
  run = Math.random().toString(36).slice(2, 7);
  provide('run', run);
  provide('kubernetes', await readVersion());
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(factsFile, '');
  began = Date.now();
}

/** After the last: removes what is left over, and prints the report. */
export async function teardown(): Promise<void> {
  if (began === 0) return;
  const { release } = readEnvironment();
  const seconds = (Date.now() - began) / 1000;
  await helm(['uninstall', release, '--namespace', `e2e-${run}-system`, '--ignore-not-found']);
  await deleteNamespaces(run);
  const facts = readFileSync(factsFile, 'utf8');
  writeFileSync(reportFile, printReport(facts, seconds, readResults()));
  console.log(`the report: ${reportFile}`);
  await api().close();
}

function stop(reasons: readonly string[]): never {
  throw new Error(`the end-to-end tests cannot run:\n${reasons.map((reason) => `- ${reason}`).join('\n')}\n`);
}

/** Configurations are cluster-wide: a webhook that somebody installed under our name must not be ours to remove. */
async function whoHas(release: string): Promise<string | undefined> {
  const fullname = fullnameOf(release);
  for (const configuration of configurations) {
    const { status } = await api().get(configurationPath(configuration, fullname));
    if (status === 200)
      return `this cluster has a ${configurationName(configuration, fullname)} already: uninstall it, or set E2E_RELEASE to another name`;
    if (status !== 404) return `the cluster cannot be asked (${status}): is KUBECONFIG that of an administrator?`;
  }
  return undefined;
}
