import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createPatterns, type IgnoreRules, isIgnored, readIgnoreRules, readRulesAround } from './ignore-rules.ts';

/** A file to read, or why it cannot be; or a file or folder that is left alone. */
export interface ManifestFile {
  readonly file: string;
  readonly problem?: string;
  readonly leftOut?: LeftOut;
}

/** What left it out, and whether it is a folder. */
export interface LeftOut {
  readonly by: '.gitignore' | '--exclude' | 'node_modules';
  readonly what: 'file' | 'folder';
}

/**
 * Finds the files to read: those that are named, `-`, and in folders those that end in .yaml, .yml or .json, in order. Follows links, but
 * finds each file and folder once, under a name that is no link where it has one. In folders it leaves alone `.git`, `node_modules`, what
 * .gitignore names, and what `exclude` does: patterns as in a .gitignore, of the folder that is named or of the working directory.
 */
export function* findManifestFiles(paths: readonly string[], exclude: readonly string[] = []): Iterable<ManifestFile> {
  const walk: Walk = {
    seen: new Set(),
    excluded: exclude.length === 0 ? undefined : createPatterns(exclude.map((glob) => glob.replace(/^\.\//, '/'))),
  };
  for (const path of paths)
    if (path !== '-') yield* findFiles(path, walk).sort((one, other) => (one.file < other.file ? -1 : 1));
    else if (isNew(path, walk.seen)) yield { file: path };
}

type Patterns = ReturnType<typeof createPatterns>;

/** `seen`: real paths. */
interface Walk {
  readonly seen: Set<string>;
  readonly excluded: Patterns | undefined;
}

/** `real`: its path without links, where it is known; `rules`: those of the folder that it is in. */
interface FoundPath {
  readonly path: string;
  readonly real?: string;
  readonly rules?: IgnoreRules | undefined;
}

/** Links come last: what they lead to may have been found by then. */
function findFiles(root: string, walk: Walk): ManifestFile[] {
  const found: ManifestFile[] = [];
  const [own, links]: [FoundPath[], FoundPath[]] = [[{ path: root }], []];
  for (let foundPath = own.pop(); foundPath !== undefined; foundPath = own.pop() ?? links.shift()) {
    const { path } = foundPath;
    const wanted = path === root || isManifestName(path);
    try {
      const what = statOf(path, wanted);
      const real = () => foundPath.real ?? realpathSync(path);
      if (what?.isDirectory()) listFolder(foundPath, root, walk, { own, links, found });
      else if (what && wanted && path !== root && !what.isFile()) throw new Error('neither a file nor a folder');
      else if (what && wanted && (!what.isFile() || isNew(real(), walk.seen))) found.push({ file: path });
    } catch (error) {
      found.push({ file: path, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

interface Lists {
  readonly own: FoundPath[];
  readonly links: FoundPath[];
  readonly found: ManifestFile[];
}

/** Lists a folder, unless it was listed already. What a link leads to is bound by the rules of where it is. */
function listFolder(folder: FoundPath, root: string, walk: Walk, { own, links, found }: Lists): void {
  const real = folder.real ?? realpathSync(folder.path);
  if (!isNew(real, walk.seen)) return;
  const rules = readIgnoreRules(real, folder.real === undefined ? readRulesAround(real) : folder.rules);
  const entries = readdirSync(folder.path, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const inside = { path: join(folder.path, entry.name), real: join(real, entry.name), rules };
    const by = entry.name === '.git' ? '.git' : leavingOut(entry, inside, root, walk);
    if (by === undefined) {
      if (entry.isSymbolicLink()) links.push({ path: inside.path });
      else own.push(inside);
    } else if (by !== '.git' && (entry.isDirectory() || isManifestName(entry.name)))
      found.push({ file: inside.path, leftOut: { by, what: entry.isDirectory() ? 'folder' : 'file' } });
  }
}

function leavingOut(
  entry: Dirent,
  { path, real, rules }: Required<FoundPath>,
  root: string,
  { excluded }: Walk,
): LeftOut['by'] | undefined {
  if (entry.name === 'node_modules') return 'node_modules';
  if (isIgnored(real, entry.isDirectory(), rules)) return '.gitignore';
  if (excluded === undefined) return undefined;
  const isExcluded = ['.', root].some((base) => excludes(excluded, base, path, root, entry.isDirectory()));
  return isExcluded ? '--exclude' : undefined;
}

/** Patterns that name the folder which is to be read, or one around it, do not count. */
function excludes(excluded: Patterns, base: string, path: string, root: string, isFolder: boolean): boolean {
  const named = relative(base, root);
  if (named.split('/')[0] === '..' || (named !== '' && excluded.ignores(`${named}/`))) return false;
  return excluded.ignores(`${relative(base, path)}${isFolder ? '/' : ''}`);
}

function isManifestName(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path);
}

/** A broken link is an error only where its name is that of a manifest. */
function statOf(path: string, wanted: boolean): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (wanted) throw error;
    return undefined;
  }
}

function isNew(path: string, seen: Set<string>): boolean {
  return !seen.has(path) && seen.add(path).size > 0;
}
