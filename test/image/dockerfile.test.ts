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

type Arguments = Readonly<Record<string, string>>;

function valuesOf(name: string, among = final): readonly string[] {
  return among.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

/** Of `ENV` and `LABEL`, in order, as a builder reads them that is given these arguments. */
function pairsOf(name: string, given: Arguments = {}): readonly (readonly [string, string])[] {
  return valuesOf(name).flatMap((value) =>
    [...value.matchAll(/(\S+)="([^"]*)"/g)].map(
      ([, key = '', text = '']) => [expand(key, given), expand(text, given)] as const,
    ),
  );
}

/** `${A}`, `${A:-what else}` and `${A:+what then}`. */
function expand(text: string, given: Arguments): string {
  return text.replaceAll(/\$\{(\w+)(?::([-+])([^}]*))?\}/g, (_, name: string, sign = '', word = '') => {
    const value = given[name] ?? '';
    if (sign === '+') return value === '' ? '' : word;
    return value === '' && sign === '-' ? word : value;
  });
}

/** The arguments of the image, with their defaults. */
function argumentsOf(among: typeof instructions, given: Arguments): Arguments {
  const known: Record<string, string> = {};
  for (const argument of valuesOf('ARG', among)) {
    const [name = '', value = ''] = argument.split(/=(.*)/);
    known[name] = given[name] ?? expand(value, known);
  }
  return known;
}

test.each([
  ['with a revision', 'abc123'],
  ['without one', undefined],
])('The Dockerfile and npm run image describe the same image, %s', (_, revision) => {
  const given = argumentsOf(final, revision === undefined ? {} : { REVISION: revision });
  const described = {
    User: valuesOf('USER').join(),
    WorkingDir: valuesOf('WORKDIR').join(),
    Env: pairsOf('ENV').map(([name, value]) => `${name}=${value}`),
    Entrypoint: JSON.parse(valuesOf('ENTRYPOINT').join()),
    Cmd: JSON.parse(valuesOf('CMD').join()),
    Labels: Object.fromEntries(pairsOf('LABEL', given)),
  };
  expect(described).toEqual(imageConfig(revision));
});

test('The Dockerfile copies what is ours, each to where it was laid out, and nothing else', () => {
  expect(valuesOf('COPY')).toEqual(Object.values(paths).map((path) => `--from=build /image${path} ${path}`));
  expect(valuesOf('ADD')).toEqual([]);
  expect(valuesOf('RUN', instructions)).toContain('npm run build && node scripts/image.ts --root /image');
});

test('The Dockerfile names its bases by digest, lets others be given, and knows no architecture', () => {
  const bases = argumentsOf(
    instructions.slice(
      0,
      instructions.findIndex(({ name }) => name === 'FROM'),
    ),
    {},
  );
  expect(Object.keys(bases)).toEqual(['BUILD_IMAGE', 'RUNTIME_IMAGE']);
  for (const base of Object.values(bases)) expect(base).toMatch(/^\S+:\S+@sha256:[0-9a-f]{64}$/);
  expect(valuesOf('FROM', instructions).map((base) => expand(base, { BUILD_IMAGE: 'a', RUNTIME_IMAGE: 'b' }))).toEqual([
    'a AS build',
    'b',
  ]);
  expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/x86_64|amd64|aarch64|arm64/);
});

test('The Dockerfile needs no frontend from a registry', () => {
  expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/^#\s*syntax\s*=/im);
});
