import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { defaultPolicySource, parsePolicy } from '../../src/policy/policy.ts';
import { inherited } from '../support/webhook.ts';
import { blocksOf } from './markdown.ts';

// Commands of documents that need no cluster, typed as they stand. What others would be given (kubectl, helm, oc) is kept instead.

/** Long enough for a machine that does much else: each command is a process of its own. */
vi.setConfig({ testTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
const policy = readFileSync('docs/policies/sctp.yaml', 'utf8');
const endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web' },
  subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }],
};

beforeAll(() => {
  mkdirSync(join(folder, 'manifests'));
  cpSync('deploy/install.yaml', join(folder, 'deploy/install.yaml'));
  writeFileSync(join(folder, 'policy.yaml'), policy);
  writeFileSync(join(folder, 'template.yaml'), JSON.stringify(endpoints));
  writeFileSync(join(folder, 'manifests/web.yaml'), JSON.stringify(endpoints));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Types the blocks of a page that match, and returns what was printed and what kubectl was given. */
function type(page: string, pattern: RegExp) {
  const blocks = blocksOf(page, 'sh').filter(({ text }) => pattern.test(text));
  expect(blocks).toHaveLength(1);
  const others = [
    `endpoints-webhook() { "${process.execPath}" "${resolve('src/main.ts')}" "$@"; }`,
    'kubectl() { [ "$1" = delete ] || cat > kubectl.in; }',
    'helm() { echo "$*" > helm.given; }',
    'oc() { cat template.yaml; }',
  ];
  const script = [...others, blocks[0]?.text].join('\n');
  const options = { cwd: folder, env: inherited, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-e', '-o', 'pipefail', '-c', script], options);
  return { status, stdout, stderr };
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test.each(['README.md', 'docs/networks.md'])('%s makes values of the chart from a policy', (page) => {
  expect(type(page, /^\{ echo policy:/)).toMatchObject({ status: 0, stderr: '' });
  const values = parse(read('policy-values.yaml'));
  expect(Object.keys(values)).toEqual(['policy']);
  expect(parsePolicy({ ...Object(defaultPolicySource), ...values.policy }).findings ?? []).toEqual([]);
  expect(values.policy.mode).toBe(page === 'README.md' ? 'audit' : undefined);
});

test('the commands of docs/policy.md', () => {
  const { status, stdout, stderr } = type('docs/policy.md', /^endpoints-webhook policy check/);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^policy\.yaml: valid, mode enforce, digest [0-9a-f]{64}$/m);
  expect(stdout).toContain('forbidden-network');
});

test('the commands of docs/check.md', () => {
  const { status, stdout, stderr } = type('docs/check.md', /^endpoints-webhook check/);
  expect([status, (stdout + stderr).match(/1 object checked/g)]).toEqual([0, ['1 object checked', '1 object checked']]);
});

test('docs/validating-admission-policy.md gives kubectl its policies, and helm a file with them', () => {
  expect(type('docs/validating-admission-policy.md', /kubectl apply/)).toMatchObject({ status: 0 });
  const kinds = (text: string) => new Set(parseAllDocuments(text).map((one) => one.toJS().kind));
  expect(kinds(read('kubectl.in'))).toEqual(new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']));
  expect(type('docs/validating-admission-policy.md', /helm upgrade/)).toMatchObject({ status: 0 });
  const file = /validatingAdmissionPolicy\.manifests=(\S+)/.exec(read('helm.given'))?.[1] ?? '';
  expect(existsSync(join(folder, file))).toBe(true);
  expect(kinds(read(file)).size).toBe(2);
});

test('deploy/README.md puts the image of a registry into the manifest', () => {
  expect(type('deploy/README.md', /kubectl apply/)).toMatchObject({ status: 0, stderr: '' });
  expect(read('kubectl.in')).toContain('registry.example.com/endpoints-webhook:0.1.0');
  expect(read('kubectl.in')).not.toContain('localhost/');
});
