import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../e2e/support/program.ts';

// scripts/release/install-in-kind in a project of its own, with a kind, a helm and a kubectl that write down what they are asked.

const digest = `sha256:${'ab'.repeat(32)}`;
const image = `registry.example.com/team/endpoints-webhook@${digest}`;
const chart = `registry.example.com/team/charts/endpoints-webhook@sha256:${'cd'.repeat(32)}`;
const script = 'scripts/release/install-in-kind';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-in-kind-'));
  for (const sub of ['scripts/release', '.tools/bin']) mkdirSync(join(folder, sub), { recursive: true });
  cpSync(script, join(folder, script));
  for (const name of ['kind', 'helm', 'kubectl']) {
    const file = join(folder, '.tools/bin', name);
    const text = `echo "${name} $*" >>"$CALLS"; case "${name} $1 $2" in "kubectl get pods") printf "$RUNNING\\n$RUNNING\\n" ;; "$BREAKS") exit 7 ;; esac`;
    writeFileSync(file, `#!/bin/bash\n${text}\n`);
    chmodSync(file, 0o755);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

async function install(settings: Readonly<Record<string, string>>) {
  const calls = join(folder, 'calls');
  const given = {
    CALLS: calls,
    BREAKS: '',
    RUNNING: `registry.example.com/team/endpoints-webhook:1.2.0@${digest}`,
    IMAGE: image,
    CHART: chart,
    REGISTRY_USER: 'somebody',
    REGISTRY_PASSWORD: 'secret',
    ...settings,
  };
  const variables = Object.entries(given).map(([key, value]) => `${key}=${value}`);
  const { code, err } = await run('env', [...variables, join(folder, script)]);
  return { code, err, calls: readFileSync(calls, 'utf8').trimEnd().split('\n') };
}

test('the chart is installed by its digest, tested, and the cluster removed', async () => {
  const { code, calls } = await install({});
  expect(code).toBe(0);
  expect(calls.map((call) => call.split(' ').slice(0, 3).join(' '))).toEqual([
    'kind create cluster',
    'helm registry login',
    'kubectl create namespace',
    'kubectl create secret',
    'helm install endpoints-webhook',
    'kubectl get pods',
    'helm test endpoints-webhook',
    'kind delete cluster',
  ]);
  expect(calls[4]).toContain(` oci://${chart} `);
});

test('pods that run another image than the one that was pushed let it fail, and are named', async () => {
  const { code, err, calls } = await install({ RUNNING: 'localhost/endpoints-webhook:1.2.0' });
  expect([code, calls.at(-1)]).toEqual([1, expect.stringContaining('kind delete cluster')]);
  expect(err).toContain(`the pods run localhost/endpoints-webhook:1.2.0, not ${image}`);
});

test.each(['kind create cluster', 'helm install endpoints-webhook', 'helm test endpoints-webhook'])(
  'where %s fails, so does it, and the cluster is removed',
  async (command) => {
    const { code, calls } = await install({ BREAKS: command });
    expect([code, calls.at(-1)]).toEqual([7, expect.stringContaining('kind delete cluster')]);
    expect(calls.at(-2)).toContain(command);
  },
);
