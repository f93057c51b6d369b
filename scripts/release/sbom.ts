import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { bundledPackages } from '../licenses.ts';
import { type Architecture, architectures } from './architectures.ts';
import type { ReleasedBase } from './base.ts';
import type { ReleasedPackage } from './debian.ts';
import type { ReleasedImage } from './image.ts';
import { createdAt, type Release } from './release.ts';

// Bills of materials in CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/.

interface Component {
  readonly type: 'application' | 'container' | 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly cpe?: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

type Bases = ReadonlyMap<Architecture, ReleasedBase>;

/** One for the npm package, and one for the image of each architecture. */
export function makeBills(release: Release, image: ReleasedImage, bases: Bases): readonly string[] {
  const packages = bundledPackages().map(bundled);
  const images = [...bases].map(([architecture, { packages: debian }]) => {
    const subject = imageComponent(image.platforms[architecture] ?? '', release);
    const parts = [...packages, nodeComponent(architecture), ...debian.map(debianComponent)];
    return write(release, `image-${architecture}`, subject, parts);
  });
  return [write(release, 'npm', packageComponent(release), packages), ...images];
}

function write(release: Release, what: string, subject: Component, parts: readonly Component[]): string {
  const file = `${manifest.name}-${what}-${release.version}.cdx.json`;
  const components = [...new Map(parts.map((part) => [part['bom-ref'], part])).values()];
  const content = {
    version: 1,
    metadata: { timestamp: createdAt(release), component: subject },
    components,
    dependencies: [{ ref: subject['bom-ref'], dependsOn: components.map((part) => part['bom-ref']) }],
  };
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(content)}`,
    ...content,
  };
  writeFileSync(join(release.folder, file), `${JSON.stringify(bill, undefined, 2)}\n`);
  return file;
}

/** The same for the same content: version 8 of RFC 9562. */
function uuidOf(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function packageComponent({ version }: Release): Component {
  const purl = npmUrl(manifest.name, version);
  return { type: 'application', 'bom-ref': purl, name: manifest.name, version, purl, ...licensed(manifest.license) };
}

function imageComponent(digest: string, { version, place }: Release): Component {
  const [algorithm, content = ''] = digest.split(':');
  const where =
    place === undefined ? '' : `?repository_url=${encodeURIComponent(`${place.registry}/${manifest.name}`)}`;
  const purl = `pkg:oci/${manifest.name}@${algorithm}%3A${content}${where}`;
  const hashes = [{ alg: 'SHA-256', content }];
  return {
    type: 'container',
    'bom-ref': purl,
    name: manifest.name,
    version,
    purl,
    ...licensed(manifest.license),
    hashes,
  };
}

/** A package whose code is in the program, by its folder. */
function bundled(folder: string): Component {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const locked: Partial<Record<string, { readonly version?: string; readonly integrity?: string }>> = lock.packages;
  const { version: lockedVersion, integrity } = locked[folder] ?? {};
  if (lockedVersion !== version)
    throw new Error(`${folder} is ${version} and package-lock.json says ${lockedVersion}: run npm ci`);
  const purl = npmUrl(name, version);
  return { type: 'library', 'bom-ref': purl, name, version, purl, ...licensed(license), hashes: hashesOf(integrity) };
}

function nodeComponent(architecture: Architecture): Component {
  const { nodePackage, nodeIntegrity } = architectures[architecture];
  const version = manifest.devDependencies.node;
  const purl = npmUrl(nodePackage, version);
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return { type: 'application', 'bom-ref': purl, name: 'node', version, purl, cpe, hashes: hashesOf(nodeIntegrity) };
}

function debianComponent({ name, version, architecture, digest }: ReleasedPackage): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  const hashes = [{ alg: 'SHA-256', content: digest.replace('sha256:', '') }];
  return { type: 'library', 'bom-ref': purl, name, version, purl, hashes };
}

function npmUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function licensed(license: unknown): Pick<Component, 'licenses'> {
  return typeof license === 'string' ? { licenses: [{ expression: license }] } : {};
}

/** Of npm's registry: base64 there, hexadecimal here. */
function hashesOf(integrity = ''): readonly { readonly alg: string; readonly content: string }[] {
  const [algorithm, text = ''] = integrity.split(/-(.*)/);
  if (algorithm !== 'sha512') throw new Error(`"${integrity}" is no sha512: package-lock.json must have one`);
  return [{ alg: 'SHA-512', content: Buffer.from(text, 'base64').toString('hex') }];
}
