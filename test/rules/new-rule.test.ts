import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/** A copy of the code, to write into. */
const folder = mkdtempSync(join(tmpdir(), 'new-rule-'));
for (const path of ['src', 'scripts', 'package.json', 'biome.json', '.gitignore'])
  cpSync(path, join(folder, path), { recursive: true });
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]) =>
  spawnSync(process.execPath, ['scripts/new-rule.ts', ...words], { cwd: folder, encoding: 'utf8' });

test('new-rule writes a rule that works at once, its line in the list, and a fixture of each verdict and kind', () => {
  const { status, stderr } = run('no-such-thing', 'Endpoints', 'EndpointSlice');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const fixtures = globSync('test/corpus/**/*.yaml', { cwd: folder });
  expect(fixtures.sort()).toEqual(
    ['accept/one-address', 'accept/slice-one-address', 'reject/one-address', 'reject/slice-one-address'].map(
      (name) => `test/corpus/no-such-thing/${name}.yaml`,
    ),
  );
  expect(readFileSync(join(folder, 'src/rules/index.ts'), 'utf8')).toMatch(/^ {2}noSuchThing,\n\];$/m);
  for (const file of fixtures) {
    const check = spawnSync(process.execPath, ['src/main.ts', 'check', file], { cwd: folder, encoding: 'utf8' });
    expect(check.stdout.includes('[no-such-thing]'), check.stdout + check.stderr).toBe(file.includes('/reject/'));
  }
  execFileSync('node_modules/.bin/biome', ['lint', 'src/rules/no-such-thing.ts', 'src/rules/index.ts'], {
    cwd: folder,
  });
});

test.each([
  [[], 'usage: npm run new-rule <id>'],
  [['No_Id'], '"No_Id" is not an id: write lower-case words with "-" between them'],
  [['port-range'], 'src/rules/port-range.ts exists: edit it, or choose another id'],
  [['a-rule', 'Service'], 'usage: npm run new-rule <id>'],
])('new-rule refuses %j', (words, message) => {
  const { status, stderr } = run(...words);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
});
