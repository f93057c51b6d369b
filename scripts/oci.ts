// Writes OCI image layouts: blobs, and the JSON that names them. The same input gives the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ImageConfig } from './image-layout.ts';

const media = 'application/vnd.oci.image';

export interface Platform {
  readonly architecture: string;
  readonly os: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Image {
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** What it was made with, for `docker history`. */
  readonly createdBy: string;
  /** RFC 3339; of the commit, so that it is the same each time. */
  readonly created?: string;
  /** Smaller to pull; an archive that is only loaded need not be. */
  readonly gzip?: boolean;
}

/** Begins a layout in an empty folder. */
export function beginLayout(folder: string): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Ends a layout: `index.json` names what it is of. */
export function endLayout(folder: string, manifests: readonly Descriptor[]): void {
  writeFileSync(join(folder, 'index.json'), JSON.stringify(indexOf(manifests)));
}

/** Adds an image of one layer, the files of `root`, and describes its manifest. */
export async function addImage(folder: string, root: string, image: Image): Promise<Descriptor> {
  const { platform, config, createdBy, created, gzip = false } = image;
  const { layer, diffId } = await addLayer(folder, root, gzip);
  const dated = created === undefined ? {} : { created };
  const described = {
    ...dated,
    ...platform,
    config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ ...dated, created_by: createdBy }],
  };
  const mediaType = `${media}.manifest.v1+json`;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await addJson(folder, described, `${media}.config.v1+json`),
    layers: [layer],
  };
  return { ...(await addJson(folder, manifest, mediaType)), platform };
}

/** Adds an index of images, which is one image for several platforms. */
export function addIndex(
  folder: string,
  manifests: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): Promise<Descriptor> {
  return addJson(folder, { ...indexOf(manifests), annotations }, `${media}.index.v1+json`);
}

function indexOf(manifests: readonly Descriptor[]) {
  return { schemaVersion: 2, mediaType: `${media}.index.v1+json`, manifests };
}

async function addLayer(folder: string, root: string, gzip: boolean) {
  const tarred = join(folder, 'layer');
  tar(root, tarred, ['.']);
  const diffId = await digestOf(tarred);
  if (!gzip) return { layer: await addBlob(folder, tarred, `${media}.layer.v1.tar`), diffId };
  const zipped = `${tarred}.gz`;
  // by the Node that is pinned, so that every machine makes the same bytes
  await pipeline(createReadStream(tarred), createGzip({ level: 6 }), createWriteStream(zipped));
  rmSync(tarred);
  return { layer: await addBlob(folder, zipped, `${media}.layer.v1.tar+gzip`), diffId };
}

/** Everything belongs to root and may be read by all: the image is written by nobody. */
export function tar(folder: string, out: string, names: readonly string[], seconds = 0): void {
  const same = ['--sort=name', '--format=gnu', `--mtime=@${seconds}`, '--owner=0', '--group=0', '--numeric-owner'];
  const arguments_ = [...same, '--mode=u+w,go-w,a+rX', '-C', folder, '-cf', out, ...names];
  execFileSync('tar', arguments_, { env: { ...process.env, LC_ALL: 'C', TAR_OPTIONS: '' } });
}

export async function addJson(folder: string, value: unknown, mediaType: string): Promise<Descriptor> {
  const file = join(folder, 'json');
  writeFileSync(file, JSON.stringify(value));
  return addBlob(folder, file, mediaType);
}

/** Moves a file into the layout. */
export async function addBlob(folder: string, file: string, mediaType: string): Promise<Descriptor> {
  const digest = await digestOf(file);
  const size = statSync(file).size;
  renameSync(file, join(folder, 'blobs', digest.replace(':', '/')));
  return { mediaType, digest, size };
}

export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}
