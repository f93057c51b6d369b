import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { readPolicy } from '../../src/manifests/policy-file.ts';
import { subsetsRequired } from '../../src/rules/subsets-required.ts';
import { inherited } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const head = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';
const lock = (metadata: string) => `apiVersion: v1\nkind: Endpoints\nmetadata: {${metadata}}\n`;

async function run(policy: string, namespace: string, input: string) {
  let out = '';
  const io = {
    out(text: string) {
      out += text;
    },
    err() {},
    input: async () => input,
  };
  const code = await check(
    ['-'],
    { policy: write('policy.yaml', head + policy), namespace, output: 'text' },
    '0.0.0',
    io,
  );
  return { code, out };
}

const exempting = 'exempt: [{namespaces: ["data*"], rules: [subsets-required]}]\n';

test.each<[string, string, string, string, number]>([
  ['exempts the namespace of --namespace', exempting, 'databases', 'name: web', 0],
  ['exempts the namespace that the object names', exempting, 'default', 'name: web, namespace: databases', 0],
  ['believes the object before --namespace', exempting, 'databases', 'name: web, namespace: shop', 1],
  ['binds other namespaces', exempting, 'default', 'name: web', 1],
  ['binds by other rules', exempting, 'databases', 'name: Web', 1],
  ['exempts no users: files have none', 'exempt: [{users: ["system:node:*"]}]', 'default', 'name: web', 1],
  ['is silent where a rule is none', 'rules: {subsets-required: {enforcement: none}}', 'default', 'name: web', 0],
  ['is silent where a rule is audit', 'rules: {subsets-required: {enforcement: audit}}', 'default', 'name: web', 0],
  ['is silent in audit mode', 'mode: audit', 'default', 'name: web', 0],
  ['is not silent in audit mode of what an API server refuses', 'mode: audit', 'default', 'name: Web', 1],
])('a policy %s', async (_, policy, namespace, metadata, code) => {
  const result = await run(policy, namespace, lock(metadata));
  expect(result).toEqual({ code, out: code === 0 ? '' : expect.stringContaining('-:') });
});

test('a rule at warn warns, and the exit code is 0', async () => {
  const { code, out } = await run('rules: {subsets-required: {enforcement: warn}}', 'default', lock('name: web'));
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^-:1:1: warning: subsets: .*\[subsets-required\]\n$/),
  });
});

const ids = 'one of well-formed, object-name, ';

test.each([
  [`${head}rules:\n  protocl: {}\n`, '4:3: rules.protocl: "protocl" is not known here, did you mean protocol?'],
  [`${head}rules: {xyzzyxyzzy: {}}\n`, `3:9: rules.xyzzyxyzzy: "xyzzyxyzzy" is not known here: ${ids}`],
  [
    `${head}rules: {protocol: {allow: [TCP]}}\n`,
    '3:20: rules.protocol.allow: "allow" is not known here, did you mean allowed?',
  ],
  [
    `${head}rules: {protocol: {allowed: [sctp]}}\n`,
    '3:30: rules.protocol.allowed[0]: "sctp" is not allowed here, did you mean SCTP?',
  ],
  [
    `${head}rules: {port-range: {enforcement: wran}}\n`,
    '3:35: rules[port-range].enforcement: "wran" is not allowed here, did you mean warn?',
  ],
  [
    `${head}rules: {well-formed: {enforcement: none}}\n`,
    '3:36: rules[well-formed].enforcement: "none" is not allowed here',
  ],
  [`${head}mode: enforced\n`, '3:7: mode: "enforced" is not allowed here, did you mean enforce?'],
  [`${head}exempt: [{rules: [protocol]}]\n`, '3:10: exempt[0]: names neither users nor groups nor namespaces'],
  [
    `${head}defaults: {pack-subsets: {enabled: "no"}}\n`,
    '3:36: defaults[pack-subsets].enabled: "no" is not true or false',
  ],
  ['kind: Policy\n', '1:1: apiVersion: is missing: write endpoints-webhook.io/v1alpha1'],
  [`${head}kind: Policy\n`, '3:1: "kind" is here a second time: keep one'],
  [`${head}rules: [\n`, '4:1: not YAML: '],
])('the policy %j is refused', (content, message) => {
  const file = write('bad.yaml', content);
  expect(() => readPolicy(file)).toThrow(UsageError);
  expect(() => readPolicy(file)).toThrow(`${file}:${message}`);
});

test('every mistake of a policy is named at once', () => {
  const file = write('bad.yaml', `${head}mode: x\nrule: {}\n`);
  const places = [`${file}:3:7: mode`, `${file}:4:1: rule`];
  for (const place of places) expect(() => readPolicy(file)).toThrow(place);
});

test.each([
  ['', 'holds 0 documents, not one policy'],
  [`${head}---\n${head}`, 'holds 2 documents, not one policy'],
])('a policy file is one document: %j', (content, message) => {
  expect(() => readPolicy(write('bad.yaml', content))).toThrow(message);
});

async function commandLine(args: readonly string[], input: string) {
  const child = spawn(process.execPath, ['src/main.ts', 'check', ...args], { env: inherited });
  child.stdin.end(input);
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

test('the command line itself', async () => {
  const policy = write('exempting.yaml', head + exempting);
  const bad = write('bad.yaml', `${head}rules: {protocl: {}}\n`);
  const missing = `subsets: is missing or empty: ${subsetsRequired.remedy}`;
  const [denied, exempt, misspelt, usage] = await Promise.all([
    commandLine(['-'], lock('name: web')),
    commandLine(['--policy', policy, '--namespace', 'databases', '-'], lock('name: web')),
    commandLine(['--policy', bad, '-'], ''),
    commandLine([], ''),
  ]);
  const sum = (denials: string) => `1 object checked: ${denials}, 0 warnings; 0 other objects skipped\n`;
  expect(denied).toEqual({ out: `-:1:1: ${missing} [subsets-required]\n`, err: sum('1 denial'), code: 1 });
  expect(exempt).toEqual({ out: '', err: sum('0 denials'), code: 0 });
  expect(misspelt).toEqual({ out: '', err: expect.stringContaining(`${bad}:3:9: rules.protocl: `), code: 2 });
  expect(usage).toEqual({ out: '', err: expect.stringContaining("missing required argument 'paths'"), code: 2 });
});
