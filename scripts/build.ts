// Makes dist/endpoints-webhook.cjs, an executable file that `bin` names and the image runs, and dist/judge-worker.cjs beside it, the thread
// that judges large reviews: as a file of its own it takes 20 MiB, the whole program would take 53. Each has everything in it.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const folder = process.argv[2] ?? 'dist';
const [program, thread] = [`${folder}/endpoints-webhook.cjs`, `${folder}/judge-worker.cjs`];

const options = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  logLevel: 'warning',
} as const;

rmSync(folder, { recursive: true, force: true });
await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outfile: program,
  alias: { 'body-parser': './scripts/no-body-parser.cjs' },
  banner: { js: "'use strict'; const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
  sourcemap: 'external',
  legalComments: 'linked',
});
// what is in it is in the program too, and so are its licenses
await build({ ...options, entryPoints: ['src/server/judge-worker.ts'], outfile: thread, legalComments: 'none' });
chmodSync(program, 0o755);
console.log(`built ${program} and ${thread}`);
