import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** The changelog tells history in the words of its time, one line an entry. */
const documents = globSync(['*.md', '{docs,deploy,.github}/**/*.md', 'charts/**/*.gotmpl']).filter(
  (file) => file !== 'CHANGELOG.md',
);

interface Line {
  readonly text: string;
  readonly where: string;
}

/** The lines of a document that are not inside a code block. */
function linesOf(file: string): readonly Line[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  let inCode = false;
  return lines.flatMap((text, index) => {
    const isFence = /^\s*```/.test(text);
    if (isFence) inCode = !inCode;
    return inCode || isFence ? [] : [{ text, where: `${file}:${index + 1}` }];
  });
}

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

test.each(documents)('%s links to files and headings that exist', (file) => {
  const targets = linesOf(file).flatMap(({ text }) => [...text.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)]);
  const broken = targets.map(([, target = '']) => target).filter((target) => !leadsSomewhere(file, target));
  expect(broken).toEqual([]);
});

function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const other = path === '' ? file : join(dirname(file), path);
  if (!existsSync(other)) return false;
  return anchor === undefined || linesOf(other).some(({ text }) => anchorOf(text) === anchor);
}

/** As GitHub makes it from a heading. */
function anchorOf(line: string): string | undefined {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

test('documents are looked at, in every folder', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/audit.md', 'deploy/README.md', '.github/PULL_REQUEST_TEMPLATE.md']),
  );
});
