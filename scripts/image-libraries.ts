import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file of this machine, and where the image has it. */
export interface Library {
  readonly from: string;
  readonly to: string;
}

/** What glibc opens by itself when it looks up names. */
export const openedByName = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/** The shared libraries that a binary is linked to, the loader among them, and what glibc opens when it runs. */
export function librariesOf(binary: string): readonly Library[] {
  const named = linkedPaths(binary);
  const libc = named.find((path) => basename(path) === 'libc.so.6');
  if (libc === undefined) throw new Error(`${binary} is not linked to glibc: the image cannot be made on this machine`);
  const opened = openedByName.map((name) => join(dirname(libc), name)).filter(existsSync);
  return [...named, ...opened].map((path) => ({ from: realpathSync(path), to: placeOf(path) })).sort(byPlace);
}

/** The path that the kernel reads from the binary to find the loader, such as /lib64/ld-linux-x86-64.so.2. */
export function loaderOf(binary: string): string {
  const loader = linkedPaths(binary).find((path) => basename(path).startsWith('ld-linux'));
  if (loader === undefined) throw new Error(`ldd names no loader for ${binary}`);
  return loader;
}

function linkedPaths(binary: string): readonly string[] {
  const text = execFileSync('ldd', [binary], { encoding: 'utf8' });
  const missing = /^\s*(\S+) => not found/m.exec(text);
  if (missing) throw new Error(`${binary} needs ${missing[1]}, which this machine does not have: apt-get install it`);
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/** Without links in it: /lib is one to /usr/lib. The loader is found by its own file, the others by the name they are linked by. */
function placeOf(path: string): string {
  if (basename(path).startsWith('ld-linux')) return realpathSync(path);
  return join(realpathSync(dirname(path)), basename(path));
}

function byPlace(a: Library, b: Library): number {
  return a.to < b.to ? -1 : 1;
}
