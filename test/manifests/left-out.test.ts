import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

const denied = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left-out-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const manifests = (...names: readonly string[]) => write(Object.fromEntries(names.map((name) => [name, denied])));

/** The files that something is said of, in order, and what is said to be left out. */
async function checked(words: readonly string[], cwd = '.') {
  const { code, out, err } = await runCommand(['check', ...words], { cwd: join(folder, cwd) });
  const files = out.split('\n').flatMap((line) => /^[^:]+/.exec(line) ?? []);
  return { code, files, leftOut: /^left out: (.*)$/m.exec(err)?.[1] };
}

describe('a folder that is walked', () => {
  test('is read without .git and node_modules, wherever they are', async () => {
    manifests(
      'a.yaml',
      '.git/x.yaml',
      'node_modules/b/x.yaml',
      'p/node_modules/x.yaml',
      '.github/b.yaml',
      'sub/c.yaml',
    );
    write({ 'sub/.git': 'gitdir: ../nowhere\n' });
    expect(await checked(['.'])).toEqual({
      ...{ code: 1, files: ['.github/b.yaml', 'a.yaml', 'sub/c.yaml'], leftOut: '2 folders (node_modules)' },
    });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['a file and a folder', { '.gitignore': 'b.yaml\n/out/\n' }],
    ['a nested file, and a later pattern of it that takes back', { 'a/.gitignore': '*\n!.gitignore\n!keep.yaml\n' }],
    ['a nested file that takes back what one above names', { '.gitignore': 'b.yaml\n', 'a/.gitignore': '!b.yaml\n' }],
    ['nothing that is inside a folder which is named', { '.gitignore': 'a/\n!a/b.yaml\n' }],
    ['only names that are spelt as the pattern is', { '.gitignore': 'B.yaml\nOUT\n' }],
    ['patterns with stars, classes and comments', { '.gitignore': '# a.yaml\n*/[bk]*.yaml\n**/deep\n\\!x.yaml\n' }],
    ['lines that end as on Windows, and with spaces', { '.gitignore': 'b.yaml\r\nout  \r\n' }],
    ['info/exclude', { '.git/info/exclude': 'b.yaml\n', 'a/.gitignore': '!b.yaml\n' }],
  ])('is read as git sees it: %s', async (_, files) => {
    execFileSync('git', ['init', '-q', folder]);
    manifests('b.yaml', 'a/b.yaml', 'a/keep.yaml', 'out/c.yaml', 'out/deep/d.yaml', '!x.yaml', 'x.yaml');
    write(files);
    const listed = execFileSync('git', ['-C', folder, 'ls-files', '-z', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    });
    const seen = listed.split('\0').filter((name) => name.endsWith('.yaml'));
    expect(seen.length).toBeLessThanOrEqual(7);
    expect((await checked(['.'])).files).toEqual(seen.sort());
  });

  test('is bound by .gitignore files up to the root of its repository, and by none above', async () => {
    write({ '.gitignore': '*.yaml\n', 'repo/.gitignore': 'old.yaml\n', 'repo/.git/HEAD': '' });
    manifests('repo/a/b/c.yaml', 'repo/a/b/old.yaml');
    expect(await checked(['.'], 'repo/a/b')).toEqual({ code: 1, files: ['c.yaml'], leftOut: '1 file (.gitignore)' });
  });

  test('a repository in it, such as a submodule, has its own .gitignore files only', async () => {
    write({ '.git/HEAD': '', '.gitignore': 'old.yaml\n', 'sub/.git': 'gitdir: ../.git/modules/sub\n' });
    write({ '.git/modules/sub/info/exclude': 'private.yaml\n' });
    manifests('old.yaml', 'sub/old.yaml', 'sub/private.yaml');
    expect((await checked(['.'])).files).toEqual(['sub/old.yaml']);
  });

  test('a worktree has the info/exclude of its repository', async () => {
    write({ 'tree/.git': 'gitdir: ../main/.git/worktrees/tree\n', 'main/.git/worktrees/tree/commondir': '../..\n' });
    write({ 'main/.git/info/exclude': 'private.yaml\n' });
    manifests('tree/a.yaml', 'tree/private.yaml');
    expect((await checked(['tree'])).files).toEqual(['tree/a.yaml']);
  });

  test('a .gitignore that is no file, or a link, leaves nothing out, as in git', async () => {
    manifests('a/x.yaml', 'b/x.yaml');
    mkdirSync(join(folder, 'a/.gitignore'));
    write({ all: '*\n' });
    symlinkSync('../all', join(folder, 'b/.gitignore'));
    expect((await checked(['.'])).files).toEqual(['a/x.yaml', 'b/x.yaml']);
  });

  test('a pattern that takes minutes to compare is not compared', async () => {
    const deep = Array(120).fill('a').join('/');
    write({ '.gitignore': `${Array(9).fill('**/a').join('/')}/**/b\n` });
    manifests(`${deep}/x.yaml`);
    expect((await checked(['.'])).files).toEqual([`${deep}/x.yaml`]);
  });
});

describe('what is named is read', () => {
  test.each([
    ['a file that .gitignore names', ['out/x.yaml'], ['out/x.yaml']],
    ['a folder that .gitignore names, but for what its own names', ['out'], ['out/x.yaml']],
    ['a folder inside of it', ['out/deep'], ['out/deep/y.yaml']],
    ['a file in node_modules', ['node_modules/x.yaml'], ['node_modules/x.yaml']],
    ['node_modules and .git', ['node_modules', '.git'], ['node_modules/x.yaml', '.git/x.yaml']],
    ['a file that --exclude names', ['out/x.yaml', '--exclude', '*.yaml'], ['out/x.yaml']],
    ['a folder beside another that was walked', ['.', 'out'], ['out/x.yaml']],
  ])('%s', async (_, words, files) => {
    write({ '.gitignore': 'out\n', 'out/.gitignore': 'deep\n' });
    manifests('out/x.yaml', 'out/deep/y.yaml', 'node_modules/x.yaml', '.git/x.yaml');
    expect((await checked(words)).files).toEqual(files);
  });

  test('a link that is named, and what a link in a folder leads to', async () => {
    write({ '.gitignore': 'out\n' });
    manifests('out/x.yaml');
    symlinkSync('out', join(folder, 'current'));
    expect((await checked(['current'])).files).toEqual(['current/x.yaml']);
    expect((await checked(['.'])).files).toEqual(['current/x.yaml']);
  });
});

describe('--exclude', () => {
  test.each([
    ['a name at any depth', ['k8s', '--exclude', 'b.yaml'], ['k8s/a.yaml', 'k8s/charts/templates/t.yaml']],
    ['a path from the working directory', ['k8s', '--exclude', 'k8s/charts/**'], ['k8s/a.yaml', 'k8s/deep/b.yaml']],
    [
      'a path from the folder that is named',
      ['k8s', '--exclude', 'charts/*/t.yaml'],
      ['k8s/a.yaml', 'k8s/deep/b.yaml'],
    ],
    ['a path that begins with ./', ['.', '--exclude', './k8s/deep'], ['k8s/a.yaml', 'k8s/charts/templates/t.yaml']],
    ['several', ['.', '--exclude', 'charts', '--exclude', 'deep/'], ['k8s/a.yaml']],
    ['several with a comma', ['.', '--exclude', 'charts,deep'], ['k8s/a.yaml']],
    ['all but what a later one takes back', ['.', '--exclude', '*.yaml', '--exclude', '!a.yaml'], ['k8s/a.yaml']],
    ['not the folder that is named', ['k8s/deep', '--exclude', 'k8s'], ['k8s/deep/b.yaml']],
  ])('%s', async (_, words, files) => {
    manifests('k8s/a.yaml', 'k8s/deep/b.yaml', 'k8s/charts/templates/t.yaml');
    expect((await checked(words)).files).toEqual(files);
  });

  test('what is left out is counted, in text and in JSON', async () => {
    write({ '.gitignore': 'old.yaml\nout\n' });
    manifests('a.yaml', 'old.yaml', 'out/x.yaml', 'b.yaml', 'c.yaml', 'c.txt');
    const words = ['.', '--exclude', 'b.*', '--exclude', 'c.*'];
    expect((await checked(words)).leftOut).toBe('2 files (--exclude), 1 file and 1 folder (.gitignore)');
    const { out } = await runCommand(['check', ...words, '--output', 'json'], { cwd: folder });
    expect(JSON.parse(out).leftOut).toEqual([
      { by: '--exclude', files: 2, folders: 0 },
      { by: '.gitignore', files: 1, folders: 1 },
    ]);
  });
});

test('a mounted ConfigMap volume is one file', async () => {
  manifests('..2026_11_29/policy.yaml');
  symlinkSync('..2026_11_29', join(folder, '..data'));
  symlinkSync('..data/policy.yaml', join(folder, 'policy.yaml'));
  for (const words of [
    ['.'],
    ['policy.yaml', '.'],
    ['..data/policy.yaml', 'policy.yaml'],
    ['..data', '.', `${folder}/`],
  ])
    expect((await checked(words)).files, words.join(' ')).toHaveLength(1);
});
