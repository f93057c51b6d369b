import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { archiveLayout, named } from '../image-archive.ts';
import { type ImageConfig, imageConfig } from '../image-layout.ts';
import { layOut, layOutBase } from '../image-root.ts';
import { addImage, addIndex, beginLayout, type Descriptor, endLayout } from '../oci.ts';
import type { Architecture } from './architectures.ts';
import type { ReleasedBase } from './base.ts';
import { createdAt, type Release } from './release.ts';

export interface ReleasedImage {
  /** Of the index, by which the image is pulled on every platform. */
  readonly digest: string;
  readonly platforms: Readonly<Partial<Record<Architecture, string>>>;
  readonly file: string;
}

/** Makes one OCI archive with an image for each architecture, and an index of them. */
export async function makeImage(
  release: Release,
  bases: ReadonlyMap<Architecture, ReleasedBase>,
): Promise<ReleasedImage> {
  const work = mkdtempSync(join(release.folder, 'image-'));
  try {
    beginLayout(work);
    const images: Descriptor[] = [];
    for (const [architecture, base] of bases) images.push(await addArchitecture(work, release, architecture, base));
    const index = await addIndex(work, images, configOf(release).Labels);
    endLayout(work, [named(index, `${release.place?.registry ?? 'localhost'}/${manifest.name}:${release.version}`)]);
    const file = `${manifest.name}-image-${release.version}.tar`;
    archiveLayout(work, join(release.folder, file));
    const platforms = Object.fromEntries(images.map(({ platform, digest }) => [platform?.architecture, digest]));
    return { digest: index.digest, platforms, file };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function addArchitecture(work: string, release: Release, architecture: Architecture, base: ReleasedBase) {
  const root = mkdtempSync(join(tmpdir(), `image-${architecture}-`));
  try {
    layOut(root, base, release.revision);
    layOutBase(root, base);
    const platform = { architecture, os: 'linux' };
    const made = { createdBy: 'npm run release', created: createdAt(release), gzip: true };
    return await addImage(work, root, { platform, config: configOf(release), ...made });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** With the repository, where there is one: registries link to it. */
function configOf({ revision, place }: Release): ImageConfig {
  const config = imageConfig(revision);
  const source = place === undefined ? {} : { 'org.opencontainers.image.source': place.source };
  return { ...config, Labels: { ...config.Labels, ...source } };
}
