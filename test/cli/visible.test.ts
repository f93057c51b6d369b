import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { expectVisible } from '../support/hostile.ts';

/** What a CI system, a terminal or a reader takes for something else. */
const hostile =
  'x\n::set-output name=a::b\r\u001b[2J\u0085\u009b31m\u007f\u2028\u202e\u2066\u200b##vso[task.complete]##[group]';
const shown =
  'x\\u000a::set-output name=a::b\\u000d\\u001b[2J\\u0085\\u009b31m\\u007f\\u2028\\u202e\\u2066\\u200b\\u0023#vso[task.complete]\\u0023#[group]';

const folder = mkdtempSync(join(tmpdir(), 'visible-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** What a command prints, none of which may be anything but text. */
async function printed(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await runCommand(words, { cwd: folder, env });
  expectVisible(out + err);
  return { code, out, err };
}

const head = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';
const policy = 'apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n';

describe('check', () => {
  const file = write(`${hostile}.yaml`, `${head}---\na: [\n`);

  test('text', async () => {
    const { code, out, err } = await printed(['check', file]);
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining(`${shown}.yaml:1:1: subsets: `) });
    expect(err).toContain(`${shown}.yaml:6:1: not YAML: `);
  });

  test.each(['json', 'sarif'])('%s, which says the same as before', async (output) => {
    const { code, out } = await printed(['check', file, '--output', output]);
    const texts = JSON.stringify(JSON.parse(out));
    const name = output === 'json' ? JSON.stringify(`${hostile}.yaml`).slice(1, -1) : encodeURIComponent(hostile);
    expect({ code, named: texts.includes(name) }).toEqual({ code: 2, named: true });
  });

  test('a name that begins as a command does', async () => {
    mkdirSync(join(folder, 'in'), { recursive: true });
    write('::error::x.yaml', head);
    const { out } = await printed(['check', '::error::x.yaml']);
    expect(out).toMatch(/^\\u003a:error::x\.yaml:1:1: subsets: /);
  });

  test('a missing file, a folder, and the content of a file', async () => {
    expect((await printed(['check', `${hostile}0`])).err).toContain(`${shown}0:1:1: cannot read it: ENOENT`);
    mkdirSync(join(folder, `${hostile}1`));
    write(`${hostile}1/a.yaml`, `${head.replace('web', '"##vso[task.complete]"')}---\na: *\u202ex\n`);
    const { out, err } = await printed(['check', `${hostile}1`]);
    expect(out).toContain(`${shown}1/a.yaml:1:1: subsets: `);
    expect(err).toContain('there is no anchor &\\u202ex before *\\u202ex');
  });
});

describe('names of files and flags in errors', () => {
  const broken = write(`${hostile}.policy`, `${policy}rules: {port-rnage: {}, nde-name: {}}\n`);
  const many = write(`${hostile}.many`, `${policy}---\n${policy}`);
  const kubeconfig = write(`${hostile}.kubeconfig`, `clusters: [\n  {name: \u202e}\n  token: secret\n`);
  const contexts = write(
    'contexts',
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', users: [], 'current-context': 'none' },
      clusters: [{ name: hostile, cluster: { server: `https://${hostile}` } }],
      contexts: [{ name: hostile, context: { cluster: hostile, user: '' } }],
    }),
  );
  const tls = ['--tls-cert-file', hostile, '--tls-private-key-file', hostile];
  const notPem = write(`${hostile}.pem`, 'none');
  type Case = readonly [what: string, words: readonly string[], env?: Readonly<Record<string, string>>];
  const cases: readonly Case[] = [
    ['a policy that is not there', ['check', '--policy', hostile, '-']],
    ['of several documents', ['check', '--policy', many, '-']],
    ['a policy as ValidatingAdmissionPolicies', ['manifests', 'validating-admission-policy', '--policy', hostile]],
    ['a policy of audit', ['audit', '--policy', hostile, '--kubeconfig', 'x']],
    ['a kubeconfig that is not there', ['audit', '--kubeconfig', hostile]],
    ['a context', ['audit', '--kubeconfig', contexts, '--context', `${hostile}8`]],
    ['the contexts there are', ['audit', '--kubeconfig', contexts, '--context', 'x']],
    ['no cluster', ['audit', '--kubeconfig', write(`${hostile}.empty`, '{}')]],
    ['a cluster whose server is no URL', ['audit', '--kubeconfig', contexts, '--context', hostile]],
    ['a certificate file', ['serve', '--port', '0', ...tls]],
    ['no certificate', ['serve', '--port', '0', '--tls-cert-file', notPem, '--tls-private-key-file', notPem]],
    ['an address', ['serve', '--port', '0', '--bind-address', hostile]],
    ['a Secret', ['serve', '--self-managed-secret', hostile]],
    [
      'a configuration',
      ['serve', '--self-managed-secret', 'a/b', '--serving-name', 'x', '--webhook-configuration', hostile],
    ],
    ['a namespace', ['manifests', 'validating-admission-policy', '--exempt-namespace', hostile]],
    ['a user', ['manifests', 'validating-admission-policy', '--exempt-user', hostile]],
    ['a URL', ['probe', hostile, '--ca-file', 'x']],
    ['a CA file', ['probe', 'https://127.0.0.1:1', '--timeout', '0s', '--ca-file', notPem]],
    ['a CA file that is not there', ['probe', 'https://127.0.0.1:1', '--timeout', '0s', '--ca-file', `${hostile}9`]],
    ['an unknown flag', ['check', `--${hostile}`, 'x']],
    ['an unknown command', [hostile]],
    ['one too many', ['demo', hostile]],
    ['a number', ['serve', '--port', hostile]],
    ['a choice', ['audit', '--output', hostile]],
    ['an environment variable', ['serve'], { EPW_PORT: hostile }],
  ];
  test.each(cases.map(([what, words, env]) => ({ what, words, env })))('$what', async ({ words, env }) => {
    const { code, err } = await printed(words, env);
    expect([1, 2]).toContain(code);
    expect(err).toContain(shown.slice(1, 60));
    expect(err).toMatch(/^[^\n]*\n(?:\(Did you mean.*\n)?(?:\nUsage[\s\S]*)?$/);
  });

  test('several problems of one policy are a line each', async () => {
    const { code, err } = await printed(['check', '--policy', broken, '-']);
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      expect.stringContaining(`endpoints-webhook: ${shown}.policy:3:9: `),
      expect.stringContaining(`${shown}.policy:3:`),
      '',
    ]);
  });

  test('a kubeconfig that is no YAML: one line, and nothing of what it holds', async () => {
    const { code, err } = await printed(['audit', '--kubeconfig', kubeconfig]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`cannot read the kubeconfig ${shown}`) });
    expect(err).not.toContain('secret');
    expect(err.split('\n')).toHaveLength(2);
  });
});
