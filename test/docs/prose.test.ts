import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents as all, linesOf } from './markdown.ts';

/** The changelog tells history in the words of its time; README.md of the chart is printed, in lines of helm-docs. */
const documents = all.filter((file) => file !== 'CHANGELOG.md' && file !== 'charts/endpoints-webhook/README.md');

const maxColumns = 100;
const isTable = (text: string) => /^\s*\|/.test(text);
const isOneLink = (text: string) => /^\s*(?:[-*] |\d+\. )?!?\[[^\]]*\]\([^)]*\)[.,:]?$/.test(text);

test.each(documents)('%s is wrapped at 100 columns, but for code, tables and lines that are one link', (file) => {
  const long = linesOf(file).filter(({ text }) => text.length > maxColumns && !isTable(text) && !isOneLink(text));
  expect(long).toEqual([]);
});

test.each(documents)('%s speaks of no folder beside the project', (file) => {
  expect(readFileSync(file, 'utf8')).not.toContain('../shared');
});

test.each(documents)('%s uses the words of Kubernetes', (file) => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/pardon|\bfloor\b|\bmend|specimen|left behind/i);
});

test('documents are looked at, in every folder', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/audit.md', 'deploy/README.md', '.github/PULL_REQUEST_TEMPLATE.md']),
  );
});
