import { execFileSync, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { startControllerRuntime, type Target } from './targets.ts';

const [source, binary] = ['test/bench/go', resolve('dist/bench/controller-runtime')];

/** The webhook in Go; `undefined`, and a line that says why, where it cannot be built. */
export async function startGo(): Promise<Target | undefined> {
  if (spawnSync('go', ['version']).status !== 0) return skip('Go is not installed');
  const modules = spawnSync('go', ['mod', 'download'], { cwd: source, encoding: 'utf8', timeout: 300_000 });
  if (modules.status !== 0) return skip(`its modules cannot be fetched: ${modules.stderr.split('\n', 1)[0]}`);
  execFileSync('go', ['build', '-o', binary, '.'], { cwd: source, stdio: 'inherit' });
  return startControllerRuntime(binary, await freePort());
}

function skip(reason: string): undefined {
  console.log(`controller-runtime is not measured: ${reason}`);
  return undefined;
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
