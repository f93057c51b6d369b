import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Library } from '../image-libraries.ts';
import { openedByName } from '../image-libraries.ts';
import type { Base } from '../image-root.ts';
import { type Architecture, architectures } from './architectures.ts';
import { dependenciesOf, type ReleasedPackage, unpackPackages } from './debian.ts';
import { readElf } from './elf.ts';
import { loadNode } from './node-binary.ts';

/** Where Node's libraries and the certificate authorities are. */
const debianNames = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1', 'ca-certificates'];

export interface ReleasedBase extends Base {
  readonly packages: readonly ReleasedPackage[];
}

/** What the image of an architecture has from elsewhere: the Node that is pinned, and Debian's packages, none of this machine's files. */
export async function releasedBase(architecture: Architecture): Promise<ReleasedBase> {
  const system = resolve('.tools/release/system', architecture);
  rmSync(system, { recursive: true, force: true });
  const packages = await libraryPackages(architecture, system);
  const node = loadNode(architecture);
  const { interpreter } = readElf(node);
  if (interpreter === undefined) throw new Error(`${node} names no loader`);
  return {
    node,
    libraries: closureOf(node, architecture, system),
    loader: interpreter,
    authorities: bundleAuthorities(system),
    packages,
    command: await commandOf(node, architecture, system),
  };
}

async function libraryPackages(architecture: Architecture, system: string): Promise<readonly ReleasedPackage[]> {
  const named = await unpackPackages(debianNames, architecture, system);
  // in newer releases of Debian only another package says that /lib is /usr/lib
  for (const folder of ['lib', 'lib64'])
    if (!existsSync(join(system, folder))) symlinkSync(join('usr', folder), join(system, folder));
  const shared = dependenciesOf(debianNames, architecture).filter((name) => /^gcc-\d+-base$/.test(name));
  const [base] = await unpackPackages([...new Set(shared)], architecture, system);
  return named.map((found) => {
    const copyright = found.copyright || (base?.copyright ?? '');
    if (copyright === '')
      throw new Error(`${found.name} ${found.version} has no copyright file: its license is not known`);
    return { ...found, copyright };
  });
}

/** The libraries that a binary and they themselves are linked to, the loader among them, and what glibc opens when it runs. */
function closureOf(binary: string, architecture: Architecture, system: string): readonly Library[] {
  const { libraryFolder, elfMachine } = architectures[architecture];
  const found = new Map<string, Library>();
  const follow = (file: string) => {
    const { machine, needed } = readElf(file);
    if (machine !== elfMachine)
      throw new Error(`${file} is for machine ${machine}, not ${elfMachine} (${architecture})`);
    for (const name of needed) if (!found.has(name)) add(name);
  };
  const add = (name: string) => {
    const [from] = ['lib', 'usr/lib'].map((folder) => join(system, folder, libraryFolder, name)).filter(existsSync);
    if (from === undefined)
      throw new Error(`${name} is in none of ${debianNames.join(', ')}: name its package in scripts/release/base.ts`);
    found.set(name, { from: realpathSync(from), to: join('/usr/lib', libraryFolder, name) });
    follow(from);
  };
  follow(binary);
  for (const name of [basename(readElf(binary).interpreter ?? ''), ...openedByName]) if (!found.has(name)) add(name);
  return [...found.values()].sort((one, other) => (one.to < other.to ? -1 : 1));
}

/** As `update-ca-certificates` makes it where nobody has added or removed any. */
function bundleAuthorities(system: string): string {
  const files = globSync(join(system, 'usr/share/ca-certificates/mozilla/*.crt')).sort();
  if (files.length < 50) throw new Error(`ca-certificates has ${files.length} authorities: expected more than 50`);
  const bundle = join(system, 'ca-certificates.crt');
  writeFileSync(bundle, files.map((file) => `${readFileSync(file, 'utf8').trimEnd()}\n`).join(''));
  return bundle;
}

/** Node runs by itself where this is its processor, and else in Debian's emulator, with the libraries of `system`. */
async function commandOf(node: string, architecture: Architecture, system: string): Promise<Base['command']> {
  if (process.arch === architectures[architecture].processArch) return [node];
  return [await loadEmulator(architecture), '-L', system, node];
}

/** A program for this machine that runs those of another. */
export async function loadEmulator(architecture: Architecture): Promise<string> {
  const [machine] = (['amd64', 'arm64'] as const).filter((name) => architectures[name].processArch === process.arch);
  if (machine === undefined) throw new Error(`a release is made on amd64 or arm64, not on ${process.arch}`);
  const { emulator } = architectures[architecture];
  const kept = resolve('.tools/release', emulator);
  if (existsSync(kept)) return kept;
  const unpacked = `${kept}.unpacked`;
  // in newer releases of Debian the second has the static binaries
  for (const name of ['qemu-user-static', 'qemu-user']) {
    await unpackPackages([name], machine, unpacked);
    for (const file of [emulator, emulator.replace('-static', '')]) {
      const path = join(unpacked, 'usr/bin', file);
      if (!existsSync(path) || readElf(path).interpreter !== undefined) continue;
      mkdirSync(dirname(kept), { recursive: true });
      copyFileSync(realpathSync(path), kept);
      rmSync(unpacked, { recursive: true });
      return kept;
    }
  }
  throw new Error(`neither qemu-user-static nor qemu-user of Debian has a static ${emulator}`);
}
