import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageConfig } from './image-layout.ts';

const media = 'application/vnd.oci.image';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface Archive {
  /** Of the manifest: what a registry would call the image by. */
  readonly digest: string;
  readonly bytes: number;
}

/** Makes an OCI archive of one layer from a folder. The same folder and configuration give the same bytes. */
export async function archive(root: string, reference: string, config: ImageConfig, out: string): Promise<Archive> {
  mkdirSync(dirname(out), { recursive: true });
  const work = mkdtempSync(`${out}-`);
  try {
    mkdirSync(join(work, 'blobs/sha256'), { recursive: true });
    const layer = join(work, 'layer');
    tar(root, layer, ['.']);
    const manifest = await addManifest(work, await addBlob(work, layer, `${media}.layer.v1.tar`), config);
    writeFileSync(join(work, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    writeFileSync(join(work, 'index.json'), JSON.stringify(indexOf(manifest, reference)));
    tar(work, `${work}.tar`, ['oci-layout', 'index.json', 'blobs']);
    renameSync(`${work}.tar`, out);
    return { digest: manifest.digest, bytes: statSync(out).size };
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(`${work}.tar`, { force: true });
  }
}

/** Everything belongs to root and may be read by all: the image is written by nobody. */
function tar(folder: string, out: string, names: readonly string[]): void {
  const same = ['--sort=name', '--format=gnu', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const arguments_ = [...same, '--mode=u+w,go-w,a+rX', '-C', folder, '-cf', out, ...names];
  execFileSync('tar', arguments_, { env: { ...process.env, LC_ALL: 'C', TAR_OPTIONS: '' } });
}

async function addManifest(work: string, layer: Descriptor, config: ImageConfig): Promise<Descriptor> {
  const image = {
    ...platform(),
    config,
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created_by: 'npm run image' }],
  };
  const mediaType = `${media}.manifest.v1+json`;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await addJson(work, image, `${media}.config.v1+json`),
    layers: [layer],
  };
  return addJson(work, manifest, mediaType);
}

function indexOf(manifest: Descriptor, reference: string) {
  const annotations = {
    'io.containerd.image.name': reference, // what `ctr images import` and `kind load` name the image by
    'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1),
  };
  return {
    schemaVersion: 2,
    mediaType: `${media}.index.v1+json`,
    manifests: [{ ...manifest, platform: platform(), annotations }],
  };
}

/** The image runs on machines like this one, because node and its libraries come from here. */
function platform() {
  return { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' };
}

async function addJson(work: string, value: unknown, mediaType: string): Promise<Descriptor> {
  const file = join(work, 'json');
  writeFileSync(file, JSON.stringify(value));
  return addBlob(work, file, mediaType);
}

async function addBlob(work: string, file: string, mediaType: string): Promise<Descriptor> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const hex = hash.digest('hex');
  const size = statSync(file).size;
  renameSync(file, join(work, 'blobs/sha256', hex));
  return { mediaType, digest: `sha256:${hex}`, size };
}
