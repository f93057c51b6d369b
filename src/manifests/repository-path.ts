import { realpathSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import { findRepository } from './repository.ts';

/**
 * Gives files the paths that they have in a repository: relative to `root`, or to the repository of the working directory, or to that of
 * the file; without one, to the working directory. A file outside is an absolute path. None has `..`. Standard input stays `-`.
 */
export function repositoryPaths(root: string | undefined): (file: string) => string {
  const here = realpathSync('.');
  const top = root === undefined ? (findRepository(here) ?? here) : readRoot(root);
  return (file) => {
    if (file === '-') return file;
    const shown = resolve(file);
    const real = realPath(shown, file);
    const own = root === undefined ? findRepository(dirname(real)) : undefined;
    const path = pathInside(top, real) ?? pathInside(top, shown) ?? (own && pathInside(own, real));
    return path === '-' ? './-' : (path ?? real);
  };
}

function readRoot(root: string): string {
  try {
    if (statSync(root).isDirectory()) return realpathSync(root);
  } catch (cause) {
    throw new UsageError(`--sarif-root: cannot read ${root}`, { cause });
  }
  throw new UsageError(`--sarif-root: ${root} is no folder`);
}

/** A file that is not there has no other path than the one that is shown. */
function realPath(shown: string, file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return shown;
  }
}

function pathInside(folder: string, file: string): string | undefined {
  const path = relative(folder, file);
  return path === '' || path === '..' || path.startsWith('../') ? undefined : path;
}
