import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { imageConfig, paths } from '../../scripts/image-layout.ts';

// eslint-like words of a Dockerfile: one instruction a line, comments and continuations gone.
const instructions = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .map((line) => /^(\S+)\s+(.*)$/.exec(line.trim()))
  .flatMap((match) => (match ? [{ name: match[1] ?? '', value: match[2] ?? '' }] : []));

const final = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

function valuesOf(name: string, among = final): readonly string[] {
  return among.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

/** Of `ENV` and `LABEL`, in order. */
function pairsOf(name: string): readonly (readonly [string, string])[] {
  return valuesOf(name).flatMap((value) =>
    [...value.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text] as const),
  );
}

const revision = '${' + 'REVISION}';

test('The Dockerfile and npm run image describe the same image', () => {
  const described = {
    User: valuesOf('USER').join(),
    WorkingDir: valuesOf('WORKDIR').join(),
    Env: pairsOf('ENV').map(([name, value]) => `${name}=${value}`),
    Entrypoint: JSON.parse(valuesOf('ENTRYPOINT').join()),
    Cmd: JSON.parse(valuesOf('CMD').join()),
    Labels: Object.fromEntries(pairsOf('LABEL')),
  };
  expect(described).toEqual(imageConfig(revision));
});

test('The Dockerfile copies what is ours, each to where it was laid out, and nothing else', () => {
  expect(valuesOf('COPY')).toEqual(Object.values(paths).map((path) => `--from=build /image${path} ${path}`));
  expect(valuesOf('ADD')).toEqual([]);
  expect(valuesOf('RUN', instructions)).toContain('npm run build && node scripts/image.ts --root /image');
});

test('The Dockerfile names its bases by digest, and knows no architecture', () => {
  for (const base of valuesOf('FROM', instructions)) expect(base).toMatch(/^\S+:\S+@sha256:[0-9a-f]{64}( AS build)?$/);
  expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/x86_64|amd64|aarch64|arm64/);
});
