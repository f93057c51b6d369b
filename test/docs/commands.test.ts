import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { inherited } from '../support/webhook.ts';

const documents = globSync('{*,docs/**/*,src/**/*,scripts/**/*,deploy/**/*,charts/**/*,.ci/*}.*').concat('Dockerfile');

/** npm's registry knows no package of ours: whoever took the name would get the reader's kubeconfig. */
const fromRegistry = /\b(?:npx|bunx|(?:npm|pnpm|yarn) (?:x|exec|dlx|i|install|add))\s+(?:-\S+\s+)*endpoints-webhook\b/;

test.each(documents.filter((file) => /\.(?:md|txt|ya?ml|json|ts|tpl|html)$/.test(file)))(
  '%s asks no registry for us',
  (file) => expect(readFileSync(file, 'utf8')).not.toMatch(fromRegistry),
);

test('documents are looked at, in every folder', () => {
  for (const file of [
    'README.md',
    'docs/validating-admission-policy.md',
    'charts/endpoints-webhook/README.md',
    'deploy/README.md',
  ])
    expect(documents).toContain(file);
  for (const words of ['npx endpoints-webhook check', 'npx -y endpoints-webhook', 'npm exec -- endpoints-webhook'])
    expect(words).toMatch(fromRegistry);
});

test.each(['README.md', 'docs/command-line.md'])('what %s says of a clone makes the command', (page) => {
  const alias = /^alias endpoints-webhook="\$PWD.*$/m.exec(readFileSync(page, 'utf8'))?.[0];
  const script = `shopt -s expand_aliases\n${alias}\ncd ${tmpdir()}\nendpoints-webhook --version`;
  const options = { encoding: 'utf8', env: inherited, cwd: resolve('.') } as const;
  expect(execFileSync('bash', ['--norc', '-c', script], options)).toBe(`${manifest.version}\n`);
});

test.each(globSync(['*.md', '{docs,deploy,charts,.github}/**/*.md']))(
  '%s names only scripts that there are',
  (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  },
);
