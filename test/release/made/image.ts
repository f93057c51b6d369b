import { createHash } from 'node:crypto';
import { existsSync, globSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { imageConfig } from '../../../scripts/image-layout.ts';
import { architectures } from '../../../scripts/release/architectures.ts';
import { readElf } from '../../../scripts/release/elf.ts';
import { blobFile, type Described, made, platforms, readBlob, rootOf, unpacked } from '../files.ts';

const layout = unpacked(`endpoints-webhook-image-${made.version}.tar`);
const index = readBlob(made.image.digest);
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('the archive is of the index that release.json names, under name and version', () => {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
  expect(manifests).toEqual([expect.objectContaining({ digest: made.image.digest, mediaType: index.mediaType })]);
  expect(manifests[0].annotations['io.containerd.image.name']).toMatch(
    new RegExp(`/endpoints-webhook:${made.version}$`),
  );
});

test('the index has an image for amd64 and for arm64', () => {
  expect(index.manifests.map((entry: { platform: object }) => entry.platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ]);
  expect(platforms).toEqual(['amd64', 'arm64']);
});

test('each blob has the bytes that its digest and size say, and there are no others', () => {
  const described: Described[] = [{ ...index, digest: made.image.digest }];
  for (const manifest of index.manifests) {
    const { config, layers } = readBlob(manifest.digest);
    described.push(manifest, config, ...layers);
  }
  for (const { digest, size } of described.slice(1)) {
    expect(sha256(readFileSync(blobFile(digest)))).toBe(digest);
    expect(statSync(blobFile(digest)).size).toBe(size);
  }
  const names = described.map(({ digest }) => digest.replace('sha256:', ''));
  expect(readdirSync(join(layout, 'blobs/sha256')).sort()).toEqual([...new Set(names)].sort());
});

describe.each(platforms)('the image for %s', (architecture) => {
  const { config, layers } = readBlob(made.image.platforms[architecture] ?? '');
  const root = rootOf(architecture);
  const inImage = (path: string) => join(root, path);

  test('is run as the Dockerfile says, and tells its version and commit', () => {
    const { config: found, ...described } = readBlob(config.digest);
    const { Labels, ...wanted } = imageConfig(made.revision);
    expect(found).toMatchObject(wanted);
    expect(found.Labels).toMatchObject(Labels);
    expect(Labels['org.opencontainers.image.version']).toBe(made.version);
    expect(described).toMatchObject({ architecture, os: 'linux', created: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(described.rootfs.diff_ids).toEqual(
      layers.map(({ digest }: Described) => sha256(gunzipSync(readFileSync(blobFile(digest))))),
    );
  });

  test('has binaries of this architecture only, and every library that they are linked to', () => {
    const { elfMachine, libraryFolder } = architectures[architecture === 'amd64' ? 'amd64' : 'arm64'];
    const folder = join('usr/lib', libraryFolder);
    const libraries = readdirSync(inImage(folder));
    const binaries = ['usr/local/bin/node', ...libraries.map((name) => join(folder, name))].map(inImage);
    for (const binary of binaries) {
      const { machine, needed } = readElf(binary);
      expect(machine, binary).toBe(elfMachine);
      expect(libraries, binary).toEqual(expect.arrayContaining([...needed]));
    }
    const { interpreter = '' } = readElf(inImage('usr/local/bin/node'));
    expect(libraries).toContain(basename(interpreter));
    expect(realpathSync(inImage(interpreter))).toBe(inImage(join(folder, basename(interpreter))));
  });

  test('has what the program was compiled to, the licenses, and the authorities of Debian', () => {
    expect(globSync(inImage('app/compile-cache/*/*')).length).toBeGreaterThanOrEqual(3);
    expect(existsSync(inImage('licenses/LICENSE'))).toBe(true);
    const authorities = readFileSync(inImage('etc/ssl/certs/ca-certificates.crt'), 'utf8');
    expect(authorities.match(/^-----BEGIN CERTIFICATE-----$/gm)?.length).toBeGreaterThan(100);
    if (made.revision !== undefined) expect(readFileSync(inImage('app/REVISION'), 'utf8').trim()).toBe(made.revision);
  });

  test('has no link that leads out of it, and no file that others may write', () => {
    for (const path of globSync(inImage('**/*'))) {
      const file = lstatSync(path);
      if (file.isSymbolicLink()) expect(realpathSync(path).startsWith(root), path).toBe(true);
      else expect(file.mode & 0o022, path).toBe(0);
    }
  });
});
