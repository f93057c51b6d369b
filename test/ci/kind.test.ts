import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../e2e/support/program.ts';

// deploy/kind in a project of its own, with a kind and an npm that write down what they are asked.

const name = 'endpoints-webhook-e2e';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kind-'));
  cpSync('deploy/kind', join(folder, 'deploy/kind'), { recursive: true });
  for (const sub of ['scripts', '.tools/bin', 'bin', 'dist']) mkdirSync(join(folder, sub), { recursive: true });
  script('scripts/tools', 'echo tools >>"$CALLS"');
  script('bin/npm', 'echo "npm $*" >>"$CALLS"; [ "$2" != e2e ] || exit $E2E_EXIT');
  script(
    '.tools/bin/kind',
    'echo "kind $1 $2" >>"$CALLS"; case "$1 $2" in get*) echo "$CLUSTERS" ;; "$BREAKS") exit 7 ;; esac',
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

function script(file: string, text: string): void {
  writeFileSync(join(folder, file), `#!/bin/bash\n${text}\n`);
  chmodSync(join(folder, file), 0o755);
}

/** What `deploy/kind/run` came to, and whom it called in which order. */
async function runKind(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const calls = join(folder, 'calls');
  const given = {
    CALLS: calls,
    CLUSTERS: '',
    BREAKS: '',
    E2E_EXIT: '0',
    PATH: `${folder}/bin:${process.env.PATH}`,
    ...settings,
  };
  const variables = Object.entries(given).map(([key, value]) => `${key}=${value}`);
  const { code, err } = await run('env', [...variables, `${folder}/deploy/kind/run`, ...args]);
  return { code, err, calls: readFileSync(calls, 'utf8').trimEnd().split('\n') };
}

test('the tools are built first, and the cluster is removed at the end', async () => {
  const { code, calls } = await runKind({}, '10-install');
  expect(calls).toEqual([
    'tools',
    'kind get clusters',
    'npm run image',
    'kind create cluster',
    'kind load image-archive',
    'npm run e2e -- 10-install',
    'kind delete cluster',
  ]);
  expect(code).toBe(0);
});

test('a cluster of that name that is there already stays, and is named before anything is built', async () => {
  const { code, err, calls } = await runKind({ CLUSTERS: name });
  expect(calls).toEqual(['tools', 'kind get clusters']);
  expect([code, err]).toEqual([1, expect.stringContaining(`there is a kind cluster ${name} already: remove it with`)]);
});

test.each([
  ['cannot be made whole', { BREAKS: 'create cluster' }, 7],
  ['takes no image', { BREAKS: 'load image-archive' }, 7],
  ['does not pass', { E2E_EXIT: '5' }, 5],
])('a cluster that %s is removed, and the exit code stays', async (_, settings, exit) => {
  const { code, calls } = await runKind(settings);
  expect([code, calls.filter((call) => call === 'kind delete cluster')]).toEqual([exit, ['kind delete cluster']]);
});
