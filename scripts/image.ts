// Makes dist/endpoints-webhook-image.tar, an OCI archive, from what `npm run build` made; needs no container engine, no network, no root.
// `--root <folder>` lays out a folder instead, for the Dockerfile.
import { mkdtempSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { archive } from './image-archive.ts';
import { imageConfig } from './image-layout.ts';
import { layOut, layOutBase, machineBase } from './image-root.ts';
import { committedRevision, contextRevision } from './revision.ts';

const out = 'dist/endpoints-webhook-image.tar';
const mostBytes = 200_000_000;

const { values, positionals } = parseArgs({ options: { root: { type: 'string' } }, allowPositionals: true });
if (values.root !== undefined) layOut(values.root, machineBase(), contextRevision());
else await makeArchive(positionals[0] ?? process.env.IMAGE_REF ?? 'localhost/endpoints-webhook:e2e');

async function makeArchive(reference: string): Promise<void> {
  if (!/^[^\s:]+(:\d+)?(\/[^\s:]+)*:[\w][\w.-]*$/.test(reference))
    throw new Error(`${reference} is not a reference: write registry/name:tag`);
  const root = mkdtempSync(`${out}-root-`);
  try {
    const revision = committedRevision();
    const base = machineBase();
    layOut(root, base, revision);
    layOutBase(root, base);
    const { digest, bytes } = await archive(root, reference, imageConfig(revision), out);
    console.log(`${reference}  ${(bytes / 1e6).toFixed(1)} MB  ${digest}  ${out}`);
    if (bytes < mostBytes) return;
    console.error(`the image has ${bytes} bytes; it must stay below ${mostBytes}`);
    process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
