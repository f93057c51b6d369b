import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ImageConfig } from './image-layout.ts';
import { addImage, beginLayout, type Descriptor, endLayout, tar } from './oci.ts';

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
    beginLayout(work);
    const manifest = await addImage(work, root, { platform: platform(), config, createdBy: 'npm run image' });
    endLayout(work, [named(manifest, reference)]);
    archiveLayout(work, out);
    return { digest: manifest.digest, bytes: statSync(out).size };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes an archive of a layout; there is none under the name until it is whole. */
export function archiveLayout(folder: string, out: string): void {
  const partial = `${folder}.tar`;
  try {
    tar(folder, partial, ['oci-layout', 'index.json', 'blobs']);
    renameSync(partial, out);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** With what `ctr images import`, `kind load` and `docker load` name the image by. */
export function named(manifest: Descriptor, reference: string): Descriptor {
  const annotations = {
    'io.containerd.image.name': reference,
    'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1),
  };
  return { ...manifest, annotations };
}

/** The image runs on machines like this one, because node and its libraries come from here. */
function platform() {
  return { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' };
}
