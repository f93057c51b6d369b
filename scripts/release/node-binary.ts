import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { type Architecture, architectures } from './architectures.ts';
import nodePins from './node-binaries.json' with { type: 'json' };

const folder = resolve('.tools/release/node');
const { node: version } = manifest.devDependencies;

/** Node for an architecture, from npm's registry, after it was found to be the one that is pinned. */
export function loadNode(architecture: Architecture): string {
  if (nodePins.version !== version)
    throw new Error(`scripts/release/node-binaries.json pins Node ${nodePins.version}, package.json ${version}`);
  const { nodePackage, nodeIntegrity } = architectures[architecture];
  const file = join(folder, `${nodePackage}-${version}.tgz`);
  if (!existsSync(file) || integrityOf(file) !== nodeIntegrity) load(`${nodePackage}@${version}`);
  const found = integrityOf(file);
  if (found !== nodeIntegrity)
    throw new Error(
      `${nodePackage}@${version} is ${found}, and scripts/release/node-binaries.json says ${nodeIntegrity}`,
    );
  const unpacked = join(folder, architecture);
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', file, '-C', unpacked, 'package/bin/node']);
  return join(unpacked, 'package/bin/node');
}

function load(name: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['pack', name, '--no-update-notifier', '--silent', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** As npm writes it. */
function integrityOf(file: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}
