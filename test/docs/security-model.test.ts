import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const text = readFileSync('docs/security-model.md', 'utf8');

interface Row {
  readonly sentence: string;
  readonly links: readonly (readonly [title: string, path: string])[];
}

/** The rows of its tables, without their heads. */
const rows: readonly Row[] = text
  .split('\n')
  .filter((line) => /^\| (?!---)/.test(line))
  .map((line) => line.split(' | '))
  .filter(([, shown = '']) => shown.trim() !== 'shown by |')
  .map(([sentence = '', shown = '']) => ({
    sentence: sentence.replace(/^\| /, ''),
    links: [...shown.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, title = '', path = '']) => [title, path]),
  }));

test.each(rows)('$sentence: a test shows it', ({ links }) => {
  expect(links).not.toEqual([]);
  for (const [, path] of links) expect(path).toMatch(/^test\/|^charts\/endpoints-webhook\/tests\//);
});

const links = rows.flatMap((row) => row.links);

test.each(links)('there is the test “%s” in %s', (title, path) => {
  expect(existsSync(join(path))).toBe(true);
  if (statSync(path).isFile()) expect(readFileSync(path, 'utf8').replaceAll('\\', '')).toContain(title);
});

test('every section has sentences, and nothing is said twice', () => {
  const sections = text.split(/^## /m).slice(1);
  expect(sections.filter((section) => !section.includes('| shown by |'))).toEqual([]);
  expect(rows.length).toBeGreaterThan(40);
  expect(new Set(rows.map(({ sentence }) => sentence)).size).toBe(rows.length);
});

test('the README and SECURITY.md send readers there', () => {
  for (const file of ['README.md', 'SECURITY.md', 'docs/README.md', 'docs/cve-2021-25740.md'])
    expect(readFileSync(file, 'utf8')).toMatch(/\((?:docs\/)?security-model\.md/);
});
