// Makes dist/endpoints-webhook.cjs, an executable file that `bin` names and the image runs, and beside it two files that it loads when it
// needs them: dist/cluster-packages.cjs, what talks to API servers, and dist/judge-worker.cjs, the thread that judges large reviews. V8
// reads a file as a whole: with the first in it the program would take 20 MiB more while idle, and with the whole program the thread would
// take 53 instead of 20. Together they have everything in them.
import { chmodSync, rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';

const folder = process.argv[2] ?? 'dist';
const fileOf = (name: string) => `${folder}/${name}.cjs`;

/** What Express requires at its start, and we never call. */
const unused = ['body-parser', 'mime-types', 'qs', 'send', 'serve-static'];

const options = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  logLevel: 'warning',
} as const;

const legal = { sourcemap: 'external', legalComments: 'linked' } as const;

const fromClusterPackages: Plugin = {
  name: 'cluster packages',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/packages\.ts$/ }, () => ({ path: './cluster-packages.cjs', external: true })),
};

rmSync(folder, { recursive: true, force: true });
await build({
  ...options,
  ...legal,
  entryPoints: ['src/main.ts'],
  outfile: fileOf('endpoints-webhook'),
  plugins: [fromClusterPackages],
  alias: Object.fromEntries(unused.map((name) => [name, './scripts/no-package.cjs'])),
  banner: { js: "'use strict'; const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
});
await build({
  ...options,
  ...legal,
  entryPoints: ['src/cluster/packages.ts'],
  outfile: fileOf('cluster-packages'),
});
// what is in it is in the program too, and so are its licenses
await build({
  ...options,
  entryPoints: ['src/server/judge-worker.ts'],
  outfile: fileOf('judge-worker'),
  legalComments: 'none',
});
chmodSync(fileOf('endpoints-webhook'), 0o755);
console.log(`built ${fileOf('endpoints-webhook')} and the files beside it`);
