// Makes everything that a release consists of in release/, from what `npm run build` made; pushes nothing. docs/release.md tells how.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { digestOf } from '../oci.ts';
import { committedRevision } from '../revision.ts';
import { type Architecture, parseArchitectures } from './architectures.ts';
import { type ReleasedBase, releasedBase } from './base.ts';
import { sectionOf } from './changelog.ts';
import { makeChart } from './chart.ts';
import { updatePackages } from './debian.ts';
import { makeImage } from './image.ts';
import { makePackage } from './package.ts';
import type { Place, Release } from './release.ts';
import { makeBills } from './sbom.ts';
import { disagreements } from './versions.ts';

const { values } = parseArgs({
  options: {
    tag: { type: 'string' },
    source: { type: 'string' },
    registry: { type: 'string' },
    architectures: { type: 'string', default: 'amd64,arm64' },
    out: { type: 'string', default: 'release' },
  },
});

const release = readRelease();
rmSync(release.folder, { recursive: true, force: true });
mkdirSync(release.folder, { recursive: true });
updatePackages(release.architectures);
const bases = new Map<Architecture, ReleasedBase>();
for (const architecture of release.architectures) bases.set(architecture, await releasedBase(architecture));
const image = await makeImage(release, bases);
const files = [image.file, ...makeChart(release, image), makePackage(release), ...makeBills(release, image, bases)];
const { version, revision, place } = release;
const summary = { version, revision, place, image: { digest: image.digest, platforms: image.platforms }, files };
writeFileSync(join(release.folder, 'release.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
writeFileSync(join(release.folder, 'NOTES.md'), notes());
await writeSums(files);
console.log(
  `made ${release.folder}/: version ${version}, image ${image.digest}, for ${[...bases.keys()].join(' and ')}`,
);

function readRelease(): Release {
  const problems = disagreements((file) => readFileSync(file, 'utf8'), values.tag);
  const revision = committedRevision();
  if (values.tag !== undefined && revision === undefined)
    problems.push('git: files differ from the commit: commit them');
  if (problems.length > 0) throw new Error(`this cannot be released:\n${problems.join('\n')}`);
  return {
    version: manifest.version,
    revision,
    seconds: Number(process.env.SOURCE_DATE_EPOCH ?? git('log', '-1', '--format=%ct')),
    place: readPlace(values.source, values.registry),
    architectures: parseArchitectures(values.architectures),
    folder: values.out,
  };
}

function readPlace(source?: string, registry?: string): Place | undefined {
  if (source === undefined && registry === undefined) return undefined;
  if (source === undefined || registry === undefined)
    throw new Error('--source and --registry tell where a release is published: give both, or none for a dry run');
  if (!/^https:\/\/[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(source))
    throw new Error(`--source: "${source}" is not the address of a repository: write https://host/owner/name`);
  if (!/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(registry))
    throw new Error(`--registry: "${registry}" is not registry/owner, in lower case`);
  return { source, registry };
}

function git(...words: readonly string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

/** What the changelog says, and by which digest the image is pulled. */
function notes(): string {
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const { text } = sectionOf(changelog, version) ?? sectionOf(changelog, 'Unreleased') ?? { text: '' };
  return `${text}\n\nThe image is \`${image.digest}\`. docs/release.md says how to verify it.\n`;
}

/** As `sha256sum --check` reads it. */
async function writeSums(names: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const name of [...names].sort()) {
    const digest = await digestOf(join(release.folder, name));
    lines.push(`${digest.replace('sha256:', '')}  ${name}\n`);
  }
  writeFileSync(join(release.folder, 'SHA256SUMS'), lines.join(''));
}
