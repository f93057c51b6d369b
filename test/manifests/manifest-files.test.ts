import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { inherited } from '../support/webhook.ts';

const denied = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'links-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), denied);
  }
}

const link = (target: string, name: string) => symlinkSync(target, join(folder, name));

/** The files that something is said of, in order, and the exit code. */
async function checked(...paths: readonly string[]) {
  const { code, out, err } = await runCommand(['check', ...paths], { cwd: folder });
  return { code, files: out.split('\n').flatMap((line) => /^[^:]+/.exec(line) ?? []), err };
}

test('two links to the parent end', async () => {
  write('a.yaml', 'deep/b.yaml');
  link('..', 'deep/one');
  link('..', 'deep/two');
  expect(await checked('.')).toMatchObject({ code: 1, files: ['a.yaml', 'deep/b.yaml'] });
});

test('a folder outside that is linked is read, and every file and folder once', async () => {
  write('outside/deep/x.yaml', 'in/a.yaml', 'in/deep/b.yaml');
  for (const name of ['in/k', 'in/l', 'in/deep/m']) link(join(folder, 'outside'), name);
  link('a.yaml', 'in/again.yaml');
  link('../in', 'outside/back');
  expect(await checked('in')).toMatchObject({
    code: 1,
    files: ['in/a.yaml', 'in/deep/b.yaml', 'in/k/deep/x.yaml'],
  });
});

test('what is named twice is read once, by whatever name', async () => {
  write('a.yaml', 'in/b.yaml');
  link('in', 'linked');
  expect(await checked('in/b.yaml', './in/../a.yaml', 'linked', 'a.yaml', '.')).toMatchObject({
    code: 1,
    files: ['in/b.yaml', './in/../a.yaml'],
  });
});

test('a file that is named is read, even behind a folder that lacks its extension', async () => {
  write('in/b.txt');
  expect(await checked('in', 'in/b.txt')).toMatchObject({ code: 1, files: ['in/b.txt'] });
});

test('links to nothing and to themselves are errors, one each, and the rest is judged', async () => {
  write('in/a.yaml');
  link('nowhere.yaml', 'in/broken.yaml');
  link('loop.yaml', 'in/loop.yaml');
  link('nowhere', 'in/no-manifest');
  const { code, files, err } = await checked('in');
  expect({ code, files }).toEqual({ code: 2, files: ['in/a.yaml'] });
  expect(err).toMatch(
    /^in\/broken\.yaml:1:1: cannot read it: ENOENT.*\nin\/loop\.yaml:1:1: cannot read it: ELOOP.*\n1 object checked/,
  );
});

test('a pipe in a folder is not waited for', async () => {
  write('in/a.yaml');
  execFileSync('mkfifo', [join(folder, 'in/pipe.yaml')]);
  const { code, files, err } = await checked('in');
  expect({ code, files }).toEqual({ code: 2, files: ['in/a.yaml'] });
  expect(err).toContain('in/pipe.yaml:1:1: cannot read it: neither a file nor a folder\n');
});

test('a pipe that is named is read', async () => {
  const check = `"${process.execPath}" src/main.ts check <(printf '${denied.replaceAll('\n', '\\n')}')`;
  expect(() =>
    execFileSync('bash', ['--norc', '-c', check], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: inherited,
    }),
  ).toThrow(expect.objectContaining({ status: 1, stdout: expect.stringContaining('[subsets-required]') }));
});

test('standard input is read once', async () => {
  const { code, out } = await runCommand(['check', '-', '-'], { input: denied });
  expect({ code, lines: out.split('\n').length - 1 }).toEqual({ code: 1, lines: 1 });
});

test('folders as deep as paths may be are no matter', async () => {
  const deep = Array(900).fill('d').join('/');
  write(`${deep}/x.yaml`, 'a.yaml');
  expect((await checked('.')).files).toEqual(['a.yaml', `${deep}/x.yaml`]);
});
