// Makes release/artifacthub-repo.tar, by which Artifact Hub knows that the charts of a registry are those of its repository with this ID:
// `node scripts/release/artifacthub.ts ID`. https://artifacthub.io/docs/topics/repositories/helm-charts/ says of what it consists.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveLayout } from '../image-archive.ts';
import { addBlob, addJson, beginLayout, endLayout } from '../oci.ts';

const [id = ''] = process.argv.slice(2);
if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
  throw new Error(
    `"${id}" is not the ID of a repository: Artifact Hub shows it, such as 00000000-0000-0000-0000-000000000000`,
  );

const title = 'artifacthub-repo.yml';
const media = 'application/vnd.cncf.artifacthub';
const work = mkdtempSync('release/artifacthub-');
try {
  beginLayout(work);
  const file = join(work, title);
  writeFileSync(file, `repositoryID: ${id}\n`);
  const layer = await addBlob(work, file, `${media}.repository-metadata.layer.v1.yaml`);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await addJson(work, {}, `${media}.config.v1+yaml`),
    layers: [{ ...layer, annotations: { 'org.opencontainers.image.title': title } }],
  };
  endLayout(work, [await addJson(work, manifest, mediaType)]);
  archiveLayout(work, 'release/artifacthub-repo.tar');
} finally {
  rmSync(work, { recursive: true, force: true });
}
