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
  const top = root === undefined ? findRepository(here) : readRoot(root);
  return (file) => {
    if (file === '-') return file;
    const shown = resolve(file);
    const real = realPath(file) ?? shown;
    const path = pathInside(top, real) ?? pathInside(top, shown) ?? (root === undefined ? ownPath(real, here) : real);
    return path === '-' ? './-' : path;
  };
}

function readRoot(root: string): string {
  try {
    if (statSync(root).isDirectory()) return realpathSync(root);
  } catch (cause) {
    throw new UsageError(`--sarif-root: ${root} is no folder`, { cause });
  }
  throw new UsageError(`--sarif-root: ${root} is no folder`);
}

/** `undefined` for a file that is not there. */
function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function ownPath(file: string, here: string): string {
  return pathInside(findRepository(dirname(file)), file) ?? pathInside(here, file) ?? file;
}

function pathInside(folder: string | undefined, file: string): string | undefined {
  const path = folder === undefined ? '..' : relative(folder, file);
  return path === '..' || path.startsWith('../') ? undefined : path;
}
