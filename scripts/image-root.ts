import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { besideBundle, bundle, compileCache, paths, revisionFile, user } from './image-layout.ts';
import { librariesOf, loaderOf } from './image-libraries.ts';
import { thirdPartyLicenses } from './licenses.ts';

/** The pinned one, of the package `node`. */
const node = 'node_modules/node/bin/node';

/** Puts what is ours in the image into an empty folder, from what `npm run build` made. `revision` is the commit, where it is known. */
export function layOut(root: string, revision?: string): void {
  const libraries = librariesOf(node);
  copy(node, join(root, paths.node));
  for (const { from, to } of libraries) copy(from, join(root, to));
  for (const file of [bundle, ...besideBundle]) {
    const [from, legal] = [join('dist', basename(file)), '.LEGAL.txt'];
    copy(from, join(root, file));
    if (existsSync(from + legal)) copy(from + legal, join(root, file + legal));
  }
  if (revision !== undefined) write(join(root, revisionFile), `${revision}\n`);
  copy('LICENSE', join(root, paths.licenses, 'LICENSE'));
  const origins = libraries.map(({ from }) => from);
  write(join(root, paths.licenses, 'THIRD_PARTY_LICENSES'), thirdPartyLicenses(origins));
  bakeCompileCache(root);
  checkCompileCache(root);
}

/** Adds what the Dockerfile's image has from distroless. */
export function layOutBase(root: string): void {
  write(
    join(root, 'etc/passwd'),
    `root:x:0:0:root:/root:/sbin/nologin\n${user.name}:x:${user.id}:${user.id}:${user.name}:/home/${user.name}:/sbin/nologin\n`,
  );
  write(join(root, 'etc/group'), `root:x:0:\n${user.name}:x:${user.id}:\n`);
  write(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  copy('/etc/ssl/certs/ca-certificates.crt', join(root, 'etc/ssl/certs/ca-certificates.crt'));
  for (const folder of ['lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  linkLoader(root);
}

/** Where the kernel looks for the loader, there is a link to where the loader is. */
function linkLoader(root: string): void {
  const loader = loaderOf(node);
  const target = realpathSync(loader);
  const link = loader.replace(/^\/lib/, '/usr/lib');
  if (link !== target) symlinkSync(relative(dirname(link), target), join(root, link));
}

/**
 * Compiles the bundle and what is beside it, so that no container has to. A portable cache is found by the path between the two, and V8
 * takes it whoever runs it and with whatever heap; it falls back to compiling on another kind of processor. The path by way of /proc and
 * V8's predictable mode make the same bytes everywhere: the cache keeps the path that it was made from.
 */
function bakeCompileCache(root: string): void {
  const here = '/proc/self/cwd';
  for (const [file, ...args] of compiled)
    execFileSync(realpathSync(node), ['--predictable', '--preserve-symlinks-main', `${here}${file}`, ...args], {
      cwd: root,
      env: { NODE_COMPILE_CACHE: `${here}${compileCache}`, NODE_COMPILE_CACHE_PORTABLE: '1' },
    });
}

/** Each file that is compiled, and what makes it end at once. */
const compiled = [[bundle, '--version'], ...besideBundle.map((file) => [file] as const)] as const;

/** Runs the bundle as a container does, but from elsewhere, to see that V8 takes what was baked. */
function checkCompileCache(root: string): void {
  const env = {
    NODE_COMPILE_CACHE: realpathSync(join(root, compileCache)),
    NODE_COMPILE_CACHE_PORTABLE: '1',
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
    NODE_OPTIONS: '--max-old-space-size-percentage=55',
  };
  for (const [file, ...args] of compiled) {
    const command = [realpathSync(join(root, file)), ...args];
    const { stderr } = spawnSync(realpathSync(node), command, { env, encoding: 'utf8' });
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
