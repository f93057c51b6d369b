import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archive } from '../../scripts/image-archive.ts';
import { imageConfig } from '../../scripts/image-layout.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-archive-'));
const config = imageConfig('abc');
const reference = 'registry.example:5000/team/endpoints-webhook:1.2.3';

function root(name: string, mode: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'app'), { recursive: true });
  writeFileSync(join(path, 'app/secret'), 'text', { mode });
  chmodSync(join(path, 'app/secret'), mode);
  symlinkSync('app', join(path, 'link'));
  return path;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** What a blob says, after its bytes were found to be what its descriptor says. */
function blob({ digest, size }: Descriptor): Buffer {
  const bytes = readFileSync(join(folder, 'unpacked/blobs', digest.replace(':', '/')));
  expect(bytes.length).toBe(size);
  expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
  return bytes;
}

beforeAll(() => mkdirSync(join(folder, 'unpacked')));
afterAll(() => rmSync(folder, { recursive: true }));

test('The archive is an OCI layout whose digests are right, with the configuration and the reference in it', async () => {
  const out = join(folder, 'image.tar');
  const { digest, bytes } = await archive(root('a', 0o600), reference, config, out);
  expect(bytes).toBe(readFileSync(out).length);
  execFileSync('tar', ['-xf', out, '-C', join(folder, 'unpacked')]);
  expect(readFileSync(join(folder, 'unpacked/oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
  const [manifest, ...others] = JSON.parse(readFileSync(join(folder, 'unpacked/index.json'), 'utf8')).manifests;
  expect(others).toEqual([]);
  expect(manifest).toMatchObject({
    digest,
    annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': '1.2.3' },
  });
  const { config: image, layers } = JSON.parse(blob(manifest).toString());
  expect(JSON.parse(blob(image).toString())).toMatchObject({
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [layers[0].digest] },
  });
  blob(layers[0]);
});

test('Whoever wrote the files, and with whatever mode, the layer belongs to root and can be read by all', async () => {
  const layer = readdirSync(join(folder, 'unpacked/blobs/sha256'))
    .map((name) => join(folder, 'unpacked/blobs/sha256', name))
    .find((file) => readFileSync(file).includes('ustar'));
  const listing = execFileSync('tar', ['-tvf', layer ?? '', '--numeric-owner'], { encoding: 'utf8' });
  expect(listing.split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-01 00:00 ./',
    'drwxr-xr-x 0/0 0 1970-01-01 00:00 ./app/',
    '-rw-r--r-- 0/0 4 1970-01-01 00:00 ./app/secret',
    expect.stringMatching(/ 0\/0 0 1970-01-01 00:00 \.\/link -> app$/),
    '',
  ]);
});

test('The same folder gives the same bytes', async () => {
  const [one, other] = [join(folder, 'one.tar'), join(folder, 'other.tar')];
  await archive(root('b', 0o600), reference, config, one);
  await archive(root('c', 0o644), reference, config, other);
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
});
