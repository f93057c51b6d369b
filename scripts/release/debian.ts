// Takes packages of Debian for any architecture, and installs nothing: apt works in folders of its own below .tools/release, with the
// sources and the keys of this machine, and verifies what it loads as always.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DebianPackage } from '../licenses.ts';
import { digestOf } from '../oci.ts';
import type { Architecture } from './architectures.ts';

export interface ReleasedPackage extends DebianPackage {
  readonly architecture: string;
  /** Of the .deb. */
  readonly digest: string;
}

const folder = resolve('.tools/release/apt');
const sources = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];

/** Asks Debian which packages there are, for each of these architectures. */
export function updatePackages(architectures: readonly Architecture[]): void {
  for (const sub of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, sub), { recursive: true });
  apt(architectures, ['update', '--quiet=2', '--error-on=any']);
  const [known] = globSync(join(folder, 'state/lists/*Packages*'));
  if (known === undefined) throw new Error(`Debian's archive has no packages for ${architectures.join(' and ')} here`);
}

/** Loads packages and unpacks them into a folder; those already there stay. Which versions they have, Debian decides. */
export async function unpackPackages(
  names: readonly string[],
  architecture: Architecture,
  into: string,
): Promise<readonly ReleasedPackage[]> {
  const loaded = join(folder, 'loaded', architecture, names[0] ?? '');
  rmSync(loaded, { recursive: true, force: true });
  mkdirSync(loaded, { recursive: true });
  mkdirSync(into, { recursive: true });
  apt([architecture], ['download', '--quiet=2', ...names], loaded);
  const files = globSync(join(loaded, '*.deb')).sort();
  for (const file of files) execFileSync('dpkg-deb', ['--extract', file, into]);
  return Promise.all(files.map((file) => describe(file, into)));
}

/** The packages that these depend on, by their names. */
export function dependenciesOf(names: readonly string[], architecture: Architecture): readonly string[] {
  const loaded = names.flatMap((name) => globSync(join(folder, 'loaded', architecture, '*', `${name}_*.deb`)));
  return loaded.flatMap((file) => field(file, 'Depends').split(/[,|]\s*/)).map((text) => text.replace(/[ :].*/, ''));
}

async function describe(file: string, into: string): Promise<ReleasedPackage> {
  const name = field(file, 'Package');
  const copyright = join(into, 'usr/share/doc', name, 'copyright');
  return {
    name,
    version: field(file, 'Version'),
    architecture: field(file, 'Architecture'),
    digest: await digestOf(file),
    // a few have the copyright file of a package that they depend on
    copyright: existsSync(copyright) ? readFileSync(copyright, 'utf8') : '',
  };
}

function field(file: string, name: string): string {
  return execFileSync('dpkg-deb', ['--field', file, name], { encoding: 'utf8' }).trim();
}

function apt(architectures: readonly Architecture[], words: readonly string[], cwd = folder): void {
  const [source] = sources.filter(existsSync);
  if (source === undefined) throw new Error(`neither of ${sources.join(', ')} is here: a release is made on Debian`);
  const options = [
    `Dir::State=${folder}/state`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${folder}/cache`,
    `Dir::Etc::sourcelist=${source}`,
    'Dir::Etc::sourceparts=/dev/null',
    `APT::Architecture=${architectures[0]}`,
    ...architectures.map((architecture) => `APT::Architectures::=${architecture}`),
    'APT::Get::AllowUnauthenticated=false',
    'Acquire::AllowInsecureRepositories=false',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::Retries=3',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);
  try {
    execFileSync('apt-get', [...options, ...words], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (cause) {
    throw new Error(
      `apt-get ${words.join(' ')} failed: is Debian's archive for ${architectures.join(' and ')} in reach? --architectures amd64 does without arm64`,
      { cause },
    );
  }
}
