import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../support/fake-cluster.ts';
import { inherited } from '../support/webhook.ts';
import { blocksOf } from './markdown.ts';

// Commands of documents that only read a cluster, typed as they stand, with a kubeconfig where they look for it.

/** Long enough for a machine that does much else: each command is a process of its own. */
vi.setConfig({ testTimeout: 180_000 });

const home = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
let cluster: FakeCluster;

beforeAll(async () => {
  cluster = await startFakeCluster();
  mkdirSync(join(home, '.kube'));
  for (const name of ['.kube/config', 'auditor.kubeconfig'])
    writeFileSync(join(home, name), readFileSync(cluster.kubeconfig));
});

afterAll(async () => {
  await cluster.close();
  rmSync(home, { recursive: true });
});

const reads = /^endpoints-webhook (?:audit|policy suggest) /m;

/** What several documents give to be typed is typed once. */
const typed = new Map<string, Promise<void>>();

/** Rejects where the exit code is not 0, or a file that is said to be written is not there. */
async function type(text: string): Promise<void> {
  writeFileSync(join(home, 'policy.yaml'), readFileSync('docs/policies/sctp.yaml'));
  const program = `endpoints-webhook() { "${process.execPath}" "${resolve('src/main.ts')}" "$@"; }`;
  const options = { cwd: home, env: { ...inherited, HOME: home } };
  const script = `${program}\n${text.replaceAll(/^alias .*$/gm, '')}`;
  await promisify(execFile)('bash', ['--norc', '-e', '-c', script], options);
  for (const [, file = ''] of text.matchAll(/ > (\S+)/g)) expect(readFileSync(join(home, file), 'utf8')).not.toBe('');
}

test.each([
  'README.md',
  'docs/audit.md',
  'docs/cve-2021-25740.md',
  'docs/migrate-from-kyverno-gatekeeper.md',
  'docs/migrate-from-openshift.md',
  'docs/networks.md',
  'docs/roll-out.md',
])('the commands of %s that read a cluster end with 0, and write what they say', async (page) => {
  const texts = blocksOf(page, 'sh').flatMap(({ text }) => (reads.test(text) ? [text.trim()] : []));
  expect(texts).not.toEqual([]);
  for (const text of texts) {
    if (!typed.has(text)) typed.set(text, type(text));
    await typed.get(text);
  }
});
