import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file to read, or why it cannot be. */
export interface ManifestFile {
  readonly file: string;
  readonly problem?: string;
}

/**
 * Finds the files to read: those that are named, `-`, and in folders those that end in .yaml, .yml or .json, in order. Follows links, but
 * finds each file and folder once, under a name that is no link where it has one.
 */
export function* findManifestFiles(paths: readonly string[]): Iterable<ManifestFile> {
  const seen = new Set<string>();
  for (const path of paths)
    if (path !== '-') yield* findFiles(path, seen).sort((one, other) => (one.file < other.file ? -1 : 1));
    else if (isNew(path, seen)) yield { file: path };
}

/** `real`: its path without links, where it is known. */
interface FoundPath {
  readonly path: string;
  readonly real?: string;
}

/** Links come last: what they lead to may have been found by then. */
function findFiles(root: string, seen: Set<string>): ManifestFile[] {
  const found: ManifestFile[] = [];
  const [own, links]: [FoundPath[], FoundPath[]] = [[{ path: root }], []];
  for (let foundPath = own.pop(); foundPath !== undefined; foundPath = own.pop() ?? links.shift()) {
    const { path } = foundPath;
    const wanted = path === root || /\.(?:ya?ml|json)$/.test(path);
    try {
      const what = statOf(path, wanted);
      const real = () => foundPath.real ?? realpathSync(path);
      if (what?.isDirectory()) listFolder({ path, real: real() }, own, links, seen);
      else if (what && wanted && path !== root && !what.isFile()) throw new Error('neither a file nor a folder');
      else if (what && wanted && (!what.isFile() || isNew(real(), seen))) found.push({ file: path });
    } catch (error) {
      found.push({ file: path, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

/** Lists a folder, unless it was listed already. */
function listFolder(
  { path, real }: Required<FoundPath>,
  own: FoundPath[],
  links: FoundPath[],
  seen: Set<string>,
): void {
  if (!isNew(real, seen)) return;
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    const inside = join(path, entry.name);
    if (entry.isSymbolicLink()) links.push({ path: inside });
    else own.push({ path: inside, real: join(real, entry.name) });
  }
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
