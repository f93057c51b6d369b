import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { locate, parseDocuments } from '../../src/manifests/yaml-source.ts';

/** So long that a list is read item by item. */
const long = 'x'.repeat(1_048_576);

const filler = `- kind: ConfigMap\n  data: {a: ${long}}\n`;

test.each([
  ['as kubectl prints it', `apiVersion: v1\nitems:\n- kind: A\n  b: |\n    - c\n${filler}- kind: D\nkind: List\n`, 3],
  [
    'indented, with comments',
    `kind: List\nitems: # all\n\n  # first\n  - kind: A\n# between\n  -\n    kind: B\n  ${filler.replace('\n', '\n  ')}`,
    3,
  ],
  ['an alias within an item', `kind: List\nitems:\n- a: &a {b: c}\n  d: *a\n${filler}`, 2],
  ['an alias of another item', `kind: List\nitems:\n- a: &a {b: c}\n- d: *a\n${filler}`, 3],
  ['an alias of what comes before', `b: &b [1]\nkind: List\nitems:\n- d: *b\n${filler}`, 2],
  ['a quoted text that looks like two items', `kind: List\nitems:\n- a: "b\n- c"\n${filler}`, undefined],
  ['a list in flow style that looks like two items', `kind: List\nitems:\n- a: [b,\n   - c]\n${filler}`, undefined],
  ['lists in items', `kind: List\nitems:\n- - a\n  - b\n- items:\n  - c\n${filler}`, 3],
])('a long list: %s', (_, text, items) => {
  const [document] = [...parseDocuments(text)];
  if (items === undefined) expect(document?.problems).toHaveLength(1);
  else expect(document).toMatchObject({ problems: [], value: parse(text) });
  if (items !== undefined) expect(parse(text).items).toHaveLength(items);
});

describe('what a long list is refused for', () => {
  test.each([
    ['a member that is less indented than the items', 'kind: List\nitems:\n  - a: 1\n b: 2\n', 4],
    ['an item that is no YAML', 'kind: List\nitems:\n- a: 1\n- b: [\n', 5],
    ['an anchor that is nowhere', 'kind: List\nitems:\n- a: *b\n', 3],
  ])('%s', (_, text, line) => {
    const rest = text.includes('  - a') ? '' : filler;
    const [document] = [...parseDocuments(`${text}${rest}# ${long}\n`)];
    expect(document?.problems).toEqual([expect.objectContaining({ line })]);
  });
});

test('places and keys that are there twice are those of the file', () => {
  const [document] = [
    ...parseDocuments(`kind: List\nitems:\n${filler}- a: 1\n  b: {c: 2,\n    d: 3}\n  a: 4\nkind: Other\n`),
  ];
  expect(document?.duplicates.map(({ line, column }) => [line, column])).toEqual([
    [8, 3],
    [9, 1],
  ]);
  const [other] = [
    ...parseDocuments(`kind: List\nitems:\n${filler}- a: 1\n  b: {c: 2,\n    d: 3}\n  a: 4\napiVersion: v1\n`),
  ];
  expect(other?.duplicates.map(({ line, column }) => [line, column])).toEqual([[8, 3]]);
  expect(other && locate(other, ['items', 1, 'b', 'd'])).toEqual({ line: 7, column: 8 });
  expect(other && locate(other, ['items', 1, 'b', 'd'], true)).toEqual({ line: 7, column: 5 });
  expect(other && locate(other, ['apiVersion'])).toEqual({ line: 9, column: 13 });
});
