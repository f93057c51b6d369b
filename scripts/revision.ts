import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The commit, where what is built is what was committed. */
export function committedRevision(): string | undefined {
  try {
    if (git('status', '--porcelain', '--untracked-files=normal') !== '') return undefined;
    return git('rev-parse', 'HEAD');
  } catch {
    return undefined; // no git, or not a clone
  }
}

/** In a build context, which has not the whole clone: what is given, or the commit that is checked out. Nothing says whether files differ from it. */
export function contextRevision(folder = '.', given = process.env.REVISION): string | undefined {
  if (given) return given;
  const head = read(`${folder}/.git/HEAD`);
  const [, ref] = /^ref: (refs\/heads\/\S+)$/.exec(head) ?? [];
  const commit = ref === undefined ? head : read(`${folder}/.git/${ref}`) || packed(folder, ref);
  return isCommit(commit) ? commit : undefined;
}

/** As `git gc` keeps it. */
function packed(folder: string, ref: string): string {
  const lines = read(`${folder}/.git/packed-refs`).split('\n');
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0] ?? '';
}

function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

function git(...command: readonly string[]): string {
  return execFileSync('git', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
