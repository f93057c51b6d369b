import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The nearest folder, from this one upwards, that has a `.git`: a folder, or the file of a worktree or submodule. */
export function findRepository(folder: string): string | undefined {
  if (isRepository(folder)) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRepository(parent);
}

export function isRepository(folder: string): boolean {
  return existsSync(join(folder, '.git'));
}

/** Where git keeps `info/exclude` of a repository: of a worktree, in the folder that it shares with the others. */
export function findExcludeFile(repository: string): string {
  const git = join(repository, '.git');
  const folder = statSync(git).isDirectory() ? git : resolve(repository, pathIn(git, /^gitdir: (.+)/) ?? git);
  const common = join(folder, 'commondir');
  return join(existsSync(common) ? resolve(folder, pathIn(common, /^(.+)/) ?? '') : folder, 'info/exclude');
}

function pathIn(file: string, pattern: RegExp): string | undefined {
  return pattern.exec(readFileSync(file, 'utf8'))?.[1];
}
