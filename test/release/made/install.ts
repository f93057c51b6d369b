import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { architectures } from '../../../scripts/release/architectures.ts';
import { loadEmulator } from '../../../scripts/release/base.ts';
import { run, succeeded } from '../../e2e/support/program.ts';
import { inherited } from '../../support/webhook.ts';
import { made, platforms, readBlob, released, rootOf } from '../files.ts';

// Installs from the files of the release, and runs what was installed.

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the npm package is installed into an empty folder without a registry, brings nothing else, and runs', async () => {
  const file = resolve(released(`endpoints-webhook-npm-${made.version}.tgz`));
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, file], {
    cwd: folder,
    env: { ...inherited, npm_config_cache: join(folder, 'cache') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(readdirSync(join(folder, 'node_modules')).sort()).toEqual(['.bin', '.package-lock.json', 'endpoints-webhook']);
  const program = join(folder, 'node_modules/.bin/endpoints-webhook');
  expect(execFileSync(program, ['--version'], { encoding: 'utf8', env: inherited })).toBe(`${made.version}\n`);
  const { out } = succeeded(await run(program, ['demo']), 'demo');
  expect(out).toContain('is inside the forbidden network');
});

/** Runs the image's program as a container engine does, with its files alone, as its user and with its environment. */
async function runImage(architecture: string, ...words: readonly string[]) {
  const root = rootOf(architecture);
  const manifest = readBlob(made.image.platforms[architecture] ?? '');
  const { Entrypoint, Env, User } = readBlob(manifest.config.digest).config;
  const emulator = await emulatorIn(root, architecture);
  const chroot = ['-i', ...Env, '/usr/sbin/chroot', `--userspec=${User}`, root, ...emulator, ...Entrypoint, ...words];
  const rights = process.getuid?.() === 0 ? [] : ['unshare', '--map-auto', '--map-root-user'];
  const [program = '', ...command] = [...rights, 'env', ...chroot];
  return run(program, command);
}

/** Where this is another machine, Debian's emulator in the root. */
async function emulatorIn(root: string, architecture: string): Promise<readonly string[]> {
  const name = architecture === 'amd64' ? 'amd64' : 'arm64';
  if (process.arch === architectures[name].processArch) return [];
  copyFileSync(await loadEmulator(name), join(root, 'emulator'));
  return ['/emulator'];
}

test.each(platforms)(
  'the image for %s has all that its program needs to judge reviews over HTTPS',
  async (architecture) => {
    const { out } = succeeded(await runImage(architecture, 'demo'), `demo in the image for ${architecture}`);
    expect(out).toContain('is inside the forbidden network');
    const version = await runImage(architecture, '--version');
    expect(version.out).toBe(`${made.version}\n`);
  },
);
