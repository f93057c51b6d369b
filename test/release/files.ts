import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from '../../scripts/release/release.ts';

/** What a release made: its files, opened. */
export const folder = 'release';

if (!existsSync(join(folder, 'release.json'))) throw new Error('release/ has no release: npm run release');

export const made: {
  readonly version: string;
  readonly revision?: string;
  readonly place?: Place;
  readonly image: { readonly digest: string; readonly platforms: Readonly<Record<string, string>> };
  readonly files: readonly string[];
} = JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8'));

export const platforms = Object.keys(made.image.platforms);

const work = mkdtempSync(join(tmpdir(), 'endpoints-webhook-release-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** A file of the release. */
export function released(name: string): string {
  return join(folder, name);
}

/** An archive of the release, unpacked into an empty folder. */
export function unpacked(name: string): string {
  const to = join(work, name);
  if (existsSync(to)) return to;
  mkdirSync(to);
  execFileSync('tar', ['-xf', released(name), '-C', to]);
  return to;
}

/** The image's blobs, by digest. */
export function blobFile(digest: string): string {
  const layout = unpacked(`endpoints-webhook-image-${made.version}.tar`);
  return join(layout, 'blobs', digest.replace(':', '/'));
}

export interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A blob of JSON, whose bytes are what its digest says. */
export function readBlob(digest: string) {
  const bytes = readFileSync(blobFile(digest));
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found !== digest) throw new Error(`the blob ${digest} is ${found}`);
  return JSON.parse(bytes.toString());
}

/** The files of the image of an architecture, as a container has them. */
export function rootOf(architecture: string): string {
  const root = join(work, `root-${architecture}`);
  if (existsSync(root)) return root;
  mkdirSync(root);
  const { layers } = readBlob(made.image.platforms[architecture] ?? '');
  for (const { digest } of layers) execFileSync('tar', ['-xzf', blobFile(digest), '-C', root]);
  return root;
}

/** The bill of materials of the npm package, or of an image. */
export function billOf(what: string) {
  return JSON.parse(readFileSync(released(`endpoints-webhook-${what}-${made.version}.cdx.json`), 'utf8'));
}
