import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { inherited } from '../support/webhook.ts';

const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n';
const good =
  'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n';
const template = `{{- if .Values.enabled }}\n${good.replace('web', '{{ .Values.name }}')}{{- end }}\n`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nothing-'));
  mkdirSync(join(folder, 'empty'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const check = (words: readonly string[], input = '') => runCommand(['check', ...words], { cwd: folder, input });

describe('where nothing is found, the exit code is 2', () => {
  const allow = 'or allow it with --allow-empty\n';
  test.each([
    ['standard input that is empty', ['-'], '', 'standard input is empty; see whether the command before it failed'],
    [
      'other kinds only',
      ['-'],
      `${account}---\n${account}`,
      'no Endpoints, EndpointSlices or Services among 2 objects in standard input; see whether the command before it failed',
    ],
    [
      'a folder without manifests',
      ['empty'],
      '',
      'no .yaml, .yml or .json file was found; name the files or folders that have them',
    ],
    [
      'a folder of which all is left out',
      ['svc', '--exclude', '*'],
      '',
      'no .yaml, .yml or .json file was found, and left out are 1 file (--exclude); name the files or folders that have them',
    ],
    [
      'files without any of ours',
      ['svc'],
      '',
      'no Endpoints, EndpointSlices or Services among 1 object in 1 file; name the files or folders that have them',
    ],
    ['a file of comments', ['comments.yaml'], '', 'no objects in 1 file; name the files or folders that have them'],
  ])('%s', async (_, words, input, sentence) => {
    write('svc/account.yaml', account);
    write('comments.yaml', '# nothing\n---\n');
    const { code, err } = await check(words, input);
    expect(err).toContain(`endpoints-webhook: nothing to check: ${sentence}, ${allow}`);
    expect(code).toBe(2);
    expect(await check([...words, '--allow-empty'], input)).toMatchObject({
      code: 0,
      err: expect.not.stringContaining('nothing to check'),
    });
  });

  test('JSON and SARIF say it, too', async () => {
    const json = await check(['-', '--output', 'json']);
    const message = expect.stringMatching(/^nothing to check: standard input is empty/);
    expect({ code: json.code, errors: JSON.parse(json.out).errors }).toEqual({ code: 2, errors: [{ message }] });
    const sarif = await check(['-', '--output', 'sarif']);
    expect(sarif.code).toBe(2);
    expect(JSON.parse(sarif.out).runs[0].invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: message } }],
    });
  });

  test('an environment variable does not allow it, whatever its value', async () => {
    const env = { EPW_ALLOW_EMPTY: 'false' };
    expect((await runCommand(['check', '-'], { env })).code).toBe(2);
  });

  test('one object of ours is enough, and what cannot be read is not allowed with --allow-empty', async () => {
    write('svc/account.yaml', account);
    expect((await check(['svc', '-'], good)).code).toBe(0);
    expect((await check(['none.yaml', '--allow-empty'])).code).toBe(2);
  });
});

describe('a file that is no YAML is one error, with its first place', () => {
  test.each([
    [
      'a Helm template',
      't.yaml',
      template,
      /^t\.yaml:\d+:\d+: not YAML: .*"\{\{" .* helm template … \| endpoints-webhook check -$/,
    ],
    [
      'a Jinja template',
      'j.yaml',
      `{% if x %}\n${good}{% endif %}\n`,
      /^j\.yaml:1:\d: not YAML: .*"\{%" .*: render it first/,
    ],
    ['ERB', 'e.yml', `<% if x %>\n${good}<% end %>\n`, /^e\.yml:\d:\d+: not YAML: .*"<%" .*: render it first/],
    ['variables', 'v.yaml', `a: b\n\${REST}\n${good}`, /^v\.yaml:\d:\d+: not YAML: .*"\$\{REST\}" .*: envsubst/],
    [
      'JSON with comments',
      'tsconfig.json',
      '// strict\n{\n  "a": 1,\n  /* b */ "c": [1,],\n}\n',
      /^tsconfig\.json:\d:\d+: not YAML: .*kubectl does not read: leave it out with --exclude$/,
    ],
    ['a document that begins beside its separator, twice', 'd.yaml', '--- {\n--- {\n--- {\n', /^d\.yaml:1:1: /],
    ['anything else', 'x.yaml', 'a: [\nb: {\nc: ]\n---\n}\n', /^x\.yaml:\d:\d+: not YAML: [^;]+$/],
  ])('%s', async (_, name, content, expected) => {
    write(name, content);
    const { code, err } = await check([name]);
    const lines = err.split('\n').filter((line) => line.startsWith(name));
    expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringMatching(expected)] });
  });

  test.each([
    [
      'a file of settings in a folder is another object',
      '// strict\n{"a": 1, /* b */ "c": [1,]}\n',
      0,
      '1 other object',
    ],
    ['not so where it has a kind', '// strict\n{"kind": "Endpoints", /* b */ "c": [1,]}\n', 2, '0 other objects'],
    ['nor where it is a template', '// strict\n{"a": {{ .Values.a }}, /* b */ "c": [1,]}\n', 2, '0 other objects'],
    ['nor where it has no comments', '{"a": 1, "c": [1,]\n', 2, '0 other objects'],
  ])('%s', async (_, content, expected, skipped) => {
    write('settings/tsconfig.json', content);
    write('settings/web.yaml', good);
    const { code, err } = await check(['settings']);
    expect(code).toBe(expected);
    expect(err).toContain(`1 object checked: 0 denials, 0 warnings; ${skipped} skipped`);
  });

  test('each such file, and what else is in it is judged', async () => {
    write('many/a.yaml', 'a: [\n---\nb: ]\n');
    write('many/b.yaml', `${good.replace('10.1.2.3', '127.0.0.1')}---\na: [\n`);
    const { code, out, err } = await check(['many']);
    expect(err.match(/^many\/\w\.yaml:/gm)).toEqual(['many/a.yaml:', 'many/b.yaml:']);
    expect({ code, out }).toEqual({ code: 2, out: expect.stringMatching(/^many\/b\.yaml:4:\d+: .*127\.0\.0\.1/) });
  });

  test('a file of a chart is left out with --exclude', async () => {
    write('repo/charts/a/templates/t.yaml', template);
    write('repo/k8s/good.yaml', good);
    expect(await check(['repo', '--exclude', 'templates/'])).toMatchObject({
      code: 0,
      err: '1 object checked: 0 denials, 0 warnings; 0 other objects skipped\nleft out: 1 folder (--exclude)\n',
    });
  });
});

test('on a terminal it says how far it is, and wipes that out; elsewhere it says nothing', async () => {
  write('svc/good.yaml', good);
  const words = [process.execPath, resolve('src/main.ts'), 'check', 'svc'];
  const shown = execFileSync('script', ['-qec', words.join(' '), '/dev/null'], {
    ...{ cwd: folder, env: inherited, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  });
  expect(shown).toMatch(/\r\u001b\[Kreading files: 1, objects: 0\r\u001b\[K1 object checked/);
  expect((await check(['svc'])).err).toMatch(/^1 object checked/);
});
