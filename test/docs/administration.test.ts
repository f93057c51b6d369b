import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// What administrators copy, often in a hurry, from where it stands for them to copy.

const files = [
  ...globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md', 'charts/**/*.{md,gotmpl}']),
  'charts/endpoints-webhook/templates/NOTES.txt',
].sort();

const lines = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ where: `${file}:${index + 1}`, text })),
);

test('there are documents, and commands in them', () => {
  expect(files).toContain('README.md');
  expect(files).toContain('charts/endpoints-webhook/README.md.gotmpl');
  expect(lines.filter(({ text }) => /\b(kubectl|helm) /.test(text)).length).toBeGreaterThan(50);
});

test('no command reuses the values of an old release without the defaults of a newer chart', () => {
  const bare = /helm upgrade [^`]*--reuse-values/;
  expect(lines.filter(({ text }) => bare.test(text))).toEqual([]);
});

test('what is piped into kubectl is JSON: kubectl 1.30 and 1.31 take everything for that which begins with a brace', () => {
  const piped = lines.flatMap(({ text }) => /echo '([^']*)' \| kubectl/.exec(text)?.[1] ?? []);
  const inNotes = lines.flatMap(({ text }) => /\$probe :?= "(.*)" \}\}/.exec(text)?.[1] ?? []);
  expect(inNotes).toHaveLength(2);
  const objects = [
    ...piped.filter((text) => !text.startsWith('{{')),
    ...inNotes.map((text) => JSON.parse(`"${text}"`)),
  ];
  for (const object of objects) expect(() => JSON.parse(object), object).not.toThrow();
});

test('whoever is told to delete the configurations is told to suspend GitOps first', () => {
  const told = files.filter((file) =>
    /kubectl delete \S*webhookconfiguration|kubectl delete \{\{ join/.test(readFileSync(file, 'utf8')),
  );
  expect(told).toContain('charts/endpoints-webhook/templates/NOTES.txt');
  expect(
    told.filter((file) => !/Argo CD\s+(and|or)\s+Flux\s+would\s+make\s+them\s+again/.test(readFileSync(file, 'utf8'))),
  ).toEqual([]);
});
