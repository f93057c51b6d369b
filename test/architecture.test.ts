import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom: a folder of src, what else of src it may reach, and which modules from outside. */
const table: Readonly<Record<string, { readonly inside: string; readonly outside: string }>> = {
  json: { inside: '', outside: '' },
  endpoints: { inside: 'json', outside: 'ipaddr.js' },
  kinds: { inside: 'json endpoints', outside: '' },
  rules: { inside: 'json endpoints kinds', outside: 'zod' },
  defaults: { inside: 'json endpoints', outside: '' },
  policy: { inside: 'json endpoints rules', outside: 'zod' },
  review: { inside: 'json endpoints kinds rules defaults policy', outside: '' },
  'admission-policy': { inside: 'json endpoints kinds rules policy', outside: '' },
  admission: { inside: 'json endpoints kinds rules defaults policy review', outside: 'node:buffer' },
  audit: { inside: 'json endpoints kinds rules policy review admission', outside: '' },
  report: { inside: 'json endpoints kinds rules review audit', outside: 'node:crypto yaml' },
  cluster: {
    inside: 'json',
    outside: '@kubernetes/client-node undici node:fs node:https node:stream node:timers/promises',
  },
  certificates: { inside: 'cluster', outside: '@peculiar/x509 reflect-metadata node:crypto node:fs pino' },
  server: {
    inside: 'json endpoints kinds rules policy review admission certificates',
    outside: 'express pino prom-client node:buffer node:http node:https node:tls',
  },
  commands: {
    inside:
      'json endpoints kinds rules defaults policy admission-policy review admission audit report cluster certificates server',
    outside: 'commander yaml pino node:crypto node:fs node:http node:https node:net node:path node:timers/promises',
  },
};

const files = globSync('src/**/*.ts');
const importOf = /(?:from|import)\s*\(?'([^']+)'/g;

test.each(files.filter((file) => dirname(file) !== 'src'))('%s imports only what its folder may', (file) => {
  const folder = relative('src', file).split('/')[0] ?? '';
  const { inside, outside } = table[folder] ?? { inside: '', outside: '' };
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(importOf)) {
    const reached = target.startsWith('.') ? relative('src', join(dirname(file), target)).split('/')[0] : target;
    expect([folder, ...inside.split(' '), ...outside.split(' ')], `${file} imports ${target}`).toContain(reached);
  }
});

test('only what begins and ends the process touches it', () => {
  const touching = files.filter((file) => /\bprocess\.|node:process/.test(readFileSync(file, 'utf8')));
  expect(touching).toEqual(['src/main.ts', 'src/serve-process.ts']);
});

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(40);
});
