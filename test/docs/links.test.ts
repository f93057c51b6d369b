import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { documents, leadsSomewhere, targetsOf } from './markdown.ts';

test.each([...documents, 'src/rules/README.md'])('%s links to files and headings that exist', (file) => {
  expect(targetsOf(file).filter((target) => !leadsSomewhere(file, target))).toEqual([]);
});

test('documents with links are looked at, in every folder', () => {
  for (const file of [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'docs/audit.md',
    'charts/endpoints-webhook/README.md',
  ])
    expect(documents).toContain(file);
  expect(targetsOf('README.md').length).toBeGreaterThan(20);
});

const indexed = targetsOf('docs/README.md').filter((target) => /^[\w-]+\.md$/.test(target));

test('the index of docs leads to each page, and to none twice', () => {
  const pages = globSync('docs/*.md')
    .map((file) => basename(file))
    .filter((name) => name !== 'README.md');
  expect(indexed.toSorted()).toEqual(pages.sort());
});
