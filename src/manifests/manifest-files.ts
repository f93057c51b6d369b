import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file to read, or why it cannot be. */
export interface ManifestFile {
  readonly file: string;
  readonly problem?: string;
}

/**
 * The files that paths lead to: those that are named, `-`, and of folders what ends in .yaml, .yml or .json, in order. Links are followed,
 * but a file or folder that many paths lead to is found once; by its own name, where one of its names is no link.
 */
export function* manifestFiles(paths: readonly string[]): Iterable<ManifestFile> {
  const seen = new Set<string>();
  for (const path of paths)
    if (path !== '-') yield* filesAt(path, seen).sort((one, other) => (one.file < other.file ? -1 : 1));
    else if (isNew(path, seen)) yield { file: path };
}

/** `real`: where it is without any link, once that is known. */
interface Place {
  readonly path: string;
  readonly real?: string;
}

/** Links come last, when what they may lead to has been found. */
function filesAt(root: string, seen: Set<string>): ManifestFile[] {
  const found: ManifestFile[] = [];
  const [own, links]: [Place[], Place[]] = [[{ path: root }], []];
  for (let place = own.pop(); place !== undefined; place = own.pop() ?? links.shift()) {
    const { path } = place;
    const wanted = path === root || /\.(?:ya?ml|json)$/.test(path);
    try {
      const what = statOf(path, wanted);
      const real = () => place.real ?? realpathSync(path);
      if (what?.isDirectory()) list({ path, real: real() }, own, links, seen);
      else if (what && wanted && path !== root && !what.isFile()) throw new Error('neither a file nor a folder');
      else if (what && wanted && (!what.isFile() || isNew(real(), seen))) found.push({ file: path });
    } catch (error) {
      found.push({ file: path, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

/** What a folder holds, unless that was listed already. */
function list({ path, real }: Required<Place>, own: Place[], links: Place[], seen: Set<string>): void {
  if (!isNew(real, seen)) return;
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    const inside = join(path, entry.name);
    if (entry.isSymbolicLink()) links.push({ path: inside });
    else own.push({ path: inside, real: join(real, entry.name) });
  }
}

/** A link that leads nowhere matters where its name is that of a manifest. */
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
