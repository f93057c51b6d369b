import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDocument } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { tar } from '../oci.ts';
import type { ReleasedImage } from './image.ts';
import { ownerOf, type Place, type Release, tagOf } from './release.ts';

const source = 'charts/endpoints-webhook';
const tools = resolve('.tools/bin');

/** Packages the chart with the image's digest in it, and prints the manifests for those who have no Helm. */
export function makeChart(release: Release, image: ReleasedImage): readonly string[] {
  execFileSync(resolve('scripts/tools'), ['helm', 'helm-docs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const work = mkdtempSync(join(tmpdir(), 'chart-'));
  try {
    const chart = join(work, manifest.name);
    cpSync(source, chart, { recursive: true });
    edit(join(chart, 'values.yaml'), (text) => withImage(text, image.digest, release.place));
    edit(join(chart, 'Chart.yaml'), (text) => withMetadata(text, release, image));
    run('helm-docs', '--log-level', 'error', '--chart-search-root', chart, '--template-files', 'README.md.gotmpl');
    edit(join(chart, 'README.md'), (text) => withLinks(text, release));
    const packaged = packageOf(work, chart, release);
    const manifests = 'install.yaml';
    const printed = execFileSync(resolve('scripts/chart'), ['manifests', chart], { encoding: 'utf8' });
    writeFileSync(join(release.folder, manifests), printed);
    return [packaged, manifests];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The values with the image that is released as their defaults. */
export function withImage(values: string, digest: string, place?: Place): string {
  const withDigest = replaceOnce(values, /^ {2}digest: ""$/m, `  digest: "${digest}"`);
  if (place === undefined) return withDigest;
  const [host = '', ...path] = place.registry.split('/');
  const withRegistry = replaceOnce(withDigest, /^ {2}registry: ""$/m, `  registry: "${host}"`);
  return replaceOnce(withRegistry, /^ {2}repository: ""$/m, `  repository: "${[...path, manifest.name].join('/')}"`);
}

function replaceOnce(text: string, what: RegExp, by: string): string {
  const count = text.match(new RegExp(what.source, 'gm'))?.length ?? 0;
  if (count !== 1) throw new Error(`${source}/values.yaml has ${count} lines ${what.source}: expected one, of image`);
  return text.replace(what, by);
}

/** What Artifact Hub shows, as far as only the release knows it. */
export function withMetadata(chart: string, release: Release, image: ReleasedImage): string {
  const document = parseDocument(chart);
  const { place, version } = release;
  const annotate = (name: string, value: string) => document.setIn(['annotations', `artifacthub.io/${name}`], value);
  annotate('prerelease', `${version.includes('-')}`);
  if (place === undefined) return document.toString({ lineWidth: 0 });
  const tag = tagOf(release);
  const owner = ownerOf(place);
  document.set('home', place.source);
  document.set('sources', [`${place.source}/tree/${tag}`]);
  document.set('icon', `${place.source}/raw/${tag}/${source}/icon.svg`);
  document.set('maintainers', [owner]);
  const reference = `${place.registry}/${manifest.name}:${version}@${image.digest}`;
  annotate(
    'images',
    list([
      { name: manifest.name, image: reference, platforms: Object.keys(image.platforms).map((name) => `linux/${name}`) },
    ]),
  );
  annotate(
    'links',
    list([
      { name: 'Documentation', url: `${place.source}/blob/${tag}/docs/README.md` },
      { name: 'Security', url: `${place.source}/blob/${tag}/SECURITY.md` },
      { name: 'How to verify a release', url: `${place.source}/blob/${tag}/docs/release.md` },
      { name: 'Support', url: `${place.source}/issues` },
    ]),
  );
  return document.toString({ lineWidth: 0 });
}

/** Annotations are text: a list in YAML, which JSON is. */
function list(values: readonly unknown[]): string {
  return `${values.map((value) => `- ${JSON.stringify(value)}`).join('\n')}\n`;
}

/** Links to files of the repository, which are not in the package. */
export function withLinks(readme: string, release: Release): string {
  const { place } = release;
  if (place === undefined) return readme;
  return readme.replace(/\]\((\.\.?\/[^)\s]*)\)/g, (_, target: string) => {
    const [path = '', anchor] = posix.join(source, target).split('#');
    return `](${place.source}/blob/${tagOf(release)}/${path}${anchor === undefined ? '' : `#${anchor}`})`;
  });
}

/** Helm packages it, and so says what is wrong with it; its archive tells when that was, and ours does not. */
function packageOf(work: string, chart: string, { version, seconds, folder }: Release): string {
  run('helm', 'lint', '--strict', '--quiet', chart);
  run('helm', 'package', chart, '--destination', work);
  const [packaged] = globSync(join(work, '*.tgz'));
  const unpacked = join(work, 'unpacked');
  execFileSync('bash', ['-c', 'mkdir "$2" && tar -xzf "$1" -C "$2"', 'bash', packaged ?? '', unpacked]);
  const tarred = join(work, 'chart.tar');
  tar(unpacked, tarred, [manifest.name], seconds);
  const file = `${manifest.name}-${version}.tgz`;
  writeFileSync(join(folder, file), gzipSync(readFileSync(tarred), { level: 9 }));
  return file;
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function run(tool: string, ...words: readonly string[]): void {
  execFileSync(join(tools, tool), words, { stdio: ['ignore', 'ignore', 'inherit'] });
}
