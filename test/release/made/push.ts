import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../e2e/support/program.ts';
import { until } from '../../e2e/support/until.ts';
import { made, released } from '../files.ts';

// Pushes to a registry of this machine with the script of the release workflow, and takes from it again.

const missing = ['docker-registry', 'skopeo'].filter(
  (program) => !(process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program))),
);
if (missing.length > 0) console.log(`not run here: pushing to a registry, which needs ${missing.join(' and ')}`);

describe.skipIf(missing.length > 0)('pushing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-registry-'));
  const ended = new AbortController();
  let registry: string;

  beforeAll(async () => {
    const settings = join(folder, 'registry.yml');
    writeFileSync(
      settings,
      JSON.stringify({
        version: 0.1,
        storage: { filesystem: { rootdirectory: join(folder, 'data') } },
        http: { addr: '127.0.0.1:0' },
      }),
    );
    const server = spawn('docker-registry', ['serve', settings], {
      signal: ended.signal,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.on('error', () => {}); // it is told to end
    let log = '';
    server.stderr.on('data', (chunk) => (log += chunk));
    const address = await until('the registry listens', async () => /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1]);
    registry = `${address}/some/owner`;
  });

  afterAll(() => {
    ended.abort();
    rmSync(folder, { recursive: true });
  });

  const push = (to: string) => run('scripts/release/push', [to, '--plain-http']);
  const skopeo = (...words: readonly string[]) => execFileSync('skopeo', words, { encoding: 'utf8' });

  test('image and chart are in the registry by the digests that are printed, however often they are pushed', async () => {
    const first = await push(registry);
    expect(first.err + first.out).toContain('Pushed: ');
    expect(first.out.split('\n')).toEqual([
      `image=${registry}/endpoints-webhook@${made.image.digest}`,
      expect.stringMatching(new RegExp(`^chart=${registry}/charts/endpoints-webhook@sha256:[0-9a-f]{64}$`)),
      '',
    ]);
    expect(await push(registry)).toMatchObject({ code: 0, out: first.out });
    const index = JSON.parse(
      skopeo('inspect', '--tls-verify=false', '--raw', `docker://${registry}/endpoints-webhook:${made.version}`),
    );
    expect(index.manifests.map(({ digest }: { digest: string }) => digest)).toEqual(
      Object.values(made.image.platforms),
    );
    const reference = /^chart=(.*)$/m.exec(first.out)?.[1];
    const helm = resolve('.tools/bin/helm');
    execFileSync(helm, ['pull', '--plain-http', `oci://${reference}`, '--destination', folder], { stdio: 'ignore' });
    const [pulled = ''] = globSync(join(folder, '*.tgz'));
    const name = `endpoints-webhook-${made.version}.tgz`;
    expect(readFileSync(pulled).equals(readFileSync(released(name)))).toBe(true);
    const values = execFileSync(helm, ['show', 'values', pulled], { encoding: 'utf8' });
    expect(parse(values).image.digest).toBe(made.image.digest);
  });

  test('another image under this version stays, and is named', async () => {
    const other = registry.replace('owner', 'other');
    const amd64 = made.image.platforms.amd64;
    const flags = ['--quiet', '--src-tls-verify=false', '--dest-tls-verify=false'];
    const target = `docker://${other}/endpoints-webhook:${made.version}`;
    skopeo('copy', ...flags, `docker://${registry}/endpoints-webhook@${amd64}`, target);
    const { code, err } = await push(other);
    expect([code, err]).toEqual([1, expect.stringContaining(`is ${amd64} already, not ${made.image.digest}`)]);
    expect(skopeo('inspect', '--tls-verify=false', '--raw', target)).toContain('application/vnd.oci.image.manifest');
  });

  test('a registry that cannot be asked ends it', async () => {
    const { code, out, err } = await push('127.0.0.1:1/some/owner');
    expect([code === 0, out]).toEqual([false, '']);
    expect(err).toContain('connection refused');
  });

  test('Artifact Hub is told whose charts these are, where its ID of the repository is known', async () => {
    const id = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9';
    const metadata = released('artifacthub-repo.tar');
    execFileSync(process.execPath, ['scripts/release/artifacthub.ts', id], { stdio: 'ignore' });
    try {
      expect(await push(registry)).toMatchObject({ code: 0 });
    } finally {
      rmSync(metadata);
    }
    const name = `docker://${registry}/charts/endpoints-webhook`;
    const { config, layers } = JSON.parse(skopeo('inspect', '--tls-verify=false', '--raw', `${name}:artifacthub.io`));
    expect(config.mediaType).toBe('application/vnd.cncf.artifacthub.config.v1+yaml');
    expect(layers).toEqual([
      expect.objectContaining({ mediaType: 'application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml' }),
    ]);
    const answer = await fetch(
      `http://${registry.replace('/', '/v2/')}/charts/endpoints-webhook/blobs/${layers[0].digest}`,
    );
    expect(parse(await answer.text())).toEqual({ repositoryID: id });
  });
});
