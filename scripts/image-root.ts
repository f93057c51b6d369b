import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { besideBundle, bundle, compileCache, paths, revisionFile, user } from './image-layout.ts';
import { type Library, librariesOf, loaderOf } from './image-libraries.ts';
import { type DebianPackage, debianPackages, thirdPartyLicenses } from './licenses.ts';

/** What is in the image and not made by us, all of one architecture. */
export interface Base {
  readonly node: string;
  readonly libraries: readonly Library[];
  /** The path that the kernel reads from node to find the loader, such as /lib64/ld-linux-x86-64.so.2. */
  readonly loader: string;
  /** The certificate authorities that are trusted, a file of PEM. */
  readonly authorities: string;
  /** What libraries and authorities come from. */
  readonly packages: readonly DebianPackage[];
  /** What runs node here: itself, or an emulator of its processor and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** From this machine, with the Node that is pinned, of the package `node`. */
export function machineBase(): Base {
  const node = 'node_modules/node/bin/node';
  const libraries = librariesOf(node);
  return {
    node,
    libraries,
    loader: loaderOf(node),
    authorities: '/etc/ssl/certs/ca-certificates.crt',
    packages: debianPackages(libraries.map(({ from }) => from)),
    command: [realpathSync(node)],
  };
}

/** Puts what is ours in the image into an empty folder, from what `npm run build` made. `revision` is the commit, where it is known. */
export function layOut(root: string, { node, libraries, packages, command }: Base, revision?: string): void {
  copy(node, join(root, paths.node));
  for (const { from, to } of libraries) copy(from, join(root, to));
  for (const file of [bundle, ...besideBundle]) {
    const [from, legal] = [join('dist', basename(file)), '.LEGAL.txt'];
    copy(from, join(root, file));
    if (existsSync(from + legal)) copy(from + legal, join(root, file + legal));
  }
  if (revision !== undefined) write(join(root, revisionFile), `${revision}\n`);
  copy('LICENSE', join(root, paths.licenses, 'LICENSE'));
  write(join(root, paths.licenses, 'THIRD_PARTY_LICENSES'), thirdPartyLicenses(packages));
  bakeCompileCache(root, command);
  checkCompileCache(root, command);
}

/** Adds what the Dockerfile's image has from distroless. */
export function layOutBase(root: string, { libraries, loader, authorities }: Base): void {
  write(
    join(root, 'etc/passwd'),
    `root:x:0:0:root:/root:/sbin/nologin\n${user.name}:x:${user.id}:${user.id}:${user.name}:/home/${user.name}:/sbin/nologin\n`,
  );
  write(join(root, 'etc/group'), `root:x:0:\n${user.name}:x:${user.id}:\n`);
  write(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  copy(authorities, join(root, 'etc/ssl/certs/ca-certificates.crt'));
  for (const folder of ['lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  linkLoader(root, loader, libraries);
}

/** Where the kernel looks for the loader, there is a link to where the loader is. */
function linkLoader(root: string, loader: string, libraries: readonly Library[]): void {
  const target = libraries.find(({ to }) => basename(to).startsWith('ld-'))?.to;
  if (target === undefined) throw new Error(`the loader ${loader} is not among the libraries of the image`);
  const link = loader.replace(/^\/lib/, '/usr/lib');
  if (link !== target) symlinkSync(relative(dirname(link), target), join(root, link));
}

/**
 * Compiles the bundle and what is beside it, so that no container has to. A portable cache is found by the path between the two, and V8
 * takes it whoever runs it and with whatever heap; it falls back to compiling on another kind of processor. The path by way of /proc and
 * V8's predictable mode make the same bytes everywhere: the cache keeps the path that it was made from.
 */
function bakeCompileCache(root: string, [program, ...flags]: Base['command']): void {
  const here = '/proc/self/cwd';
  for (const [file, ...args] of compiled)
    execFileSync(program, [...flags, '--predictable', '--preserve-symlinks-main', `${here}${file}`, ...args], {
      cwd: root,
      env: { NODE_COMPILE_CACHE: `${here}${compileCache}`, NODE_COMPILE_CACHE_PORTABLE: '1' },
    });
}

/** Each file that is compiled, and what makes it end at once. */
const compiled = [[bundle, '--version'], ...besideBundle.map((file) => [file] as const)] as const;

/** Runs the bundle as a container does, but from elsewhere, to see that V8 takes what was baked. */
function checkCompileCache(root: string, [program, ...flags]: Base['command']): void {
  const env = {
    NODE_COMPILE_CACHE: realpathSync(join(root, compileCache)),
    NODE_COMPILE_CACHE_PORTABLE: '1',
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
    NODE_OPTIONS: '--max-old-space-size-percentage=55',
  };
  for (const [file, ...args] of compiled) {
    const command = [...flags, realpathSync(join(root, file)), ...args];
    const { stderr } = spawnSync(program, command, { env, encoding: 'utf8' });
    if (!/V8 code cache for CommonJS \S+ was accepted/.test(stderr))
      throw new Error(`the baked compile cache of ${file} is not used:\n${stderr}`);
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
