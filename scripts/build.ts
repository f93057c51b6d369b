// Makes dist/endpoints-webhook.cjs: one executable file with everything in it, which `bin` names and the image runs.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const outfile = 'dist/endpoints-webhook.cjs';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  alias: { 'body-parser': './scripts/no-body-parser.cjs' },
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  sourcemap: 'external',
  legalComments: 'linked',
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
console.log(`built ${outfile}`);
