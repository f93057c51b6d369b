import type { LeftOut } from '../manifests/manifest-files.ts';
import { plural } from '../report/result.ts';
import type { Outcome } from './judge-manifests.ts';

/** What to say where nothing could be judged, and nothing else is wrong: a check that saw nothing must not look like a good one. */
export function nothingFound(paths: readonly string[], outcome: Outcome): string | undefined {
  if (outcome.objects + outcome.neverGuarded + outcome.errors.length > 0) return undefined;
  return `nothing to check: ${whatWasThere(paths, outcome)}; ${remedy(paths)}, or allow it with --allow-empty`;
}

function whatWasThere(paths: readonly string[], { files, skipped, leftOut }: Outcome): string {
  const place = paths.every((path) => path === '-') ? 'standard input' : plural(files, 'file');
  if (files > 0 && skipped > 0)
    return `no Endpoints, EndpointSlices or Services among ${plural(skipped, 'object')} in ${place}`;
  if (files > 0)
    return files === 1 && place === 'standard input' ? 'standard input is empty' : `no objects in ${place}`;
  const left = leftOut.length > 0 ? `, and left out are ${leftOutText(leftOut)}` : '';
  return `no .yaml, .yml or .json file was found${left}`;
}

function remedy(paths: readonly string[]): string {
  return paths.includes('-') ? 'see whether the command before it failed' : 'name the files or folders that have them';
}

interface LeftOutCount {
  readonly by: LeftOut['by'];
  readonly files: number;
  readonly folders: number;
}

/** By what leaves them out, in the order of the alphabet. */
export function countLeftOut(leftOut: readonly LeftOut[]): readonly LeftOutCount[] {
  return [...Map.groupBy(leftOut, ({ by }) => by)]
    .map(([by, all]) => {
      const folders = all.filter(({ what }) => what === 'folder').length;
      return { by, files: all.length - folders, folders };
    })
    .sort((one, other) => (one.by < other.by ? -1 : 1));
}

/** `1 file and 2 folders (.gitignore), 1 file (--exclude)` */
export function leftOutText(leftOut: readonly LeftOut[]): string {
  return countLeftOut(leftOut)
    .map(({ by, files, folders }) => {
      const parts = [files > 0 ? plural(files, 'file') : '', folders > 0 ? plural(folders, 'folder') : ''];
      return `${parts.filter((part) => part !== '').join(' and ')} (${by})`;
    })
    .join(', ');
}
