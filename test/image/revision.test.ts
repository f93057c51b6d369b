import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contextRevision } from '../../scripts/revision.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-revision-'));
const clone = join(folder, 'clone');
const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
let commit: string;

const git = (...words: readonly string[]) => execFileSync('git', ['-C', clone, ...words], { encoding: 'utf8' }).trim();

/** What a build sees of the clone: no more of .git than .dockerignore lets through. */
function contextOf(name: string): string {
  const context = join(folder, name);
  const sent = ignored.flatMap((line) => (line.startsWith('!.git/') ? [line.slice(1)] : []));
  for (const path of sent) {
    try {
      cpSync(join(clone, path), join(context, path), { recursive: true });
    } catch {} // a clone need not have packed refs, or others
  }
  return context;
}

beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'team/main', clone]);
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(...who, 'commit', '--quiet', '--allow-empty', '--message', 'first');
  commit = git('rev-parse', 'HEAD');
});

afterAll(() => rmSync(folder, { recursive: true }));

test('the commit that is checked out is read from a build context, which has not the whole clone', () => {
  expect(contextRevision(contextOf('branch'), undefined)).toBe(commit);
});

test('so it is once refs are packed, and where no branch is checked out', () => {
  git('pack-refs', '--all');
  const packed = contextOf('packed');
  expect(contextRevision(packed, undefined)).toBe(commit);
  git('checkout', '--quiet', '--detach');
  expect(contextRevision(contextOf('detached'), undefined)).toBe(commit);
});

test('what is given counts, unless it is empty', () => {
  const context = contextOf('given');
  expect(contextRevision(context, 'release-1')).toBe('release-1');
  expect(contextRevision(context, '')).toBe(commit);
});

test('a context without a clone has none', () => {
  expect(contextRevision(join(folder, 'nothing'), undefined)).toBeUndefined();
});
