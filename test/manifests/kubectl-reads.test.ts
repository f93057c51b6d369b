import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/manifests/text-file.ts';
import { parseDocuments } from '../../src/manifests/yaml-source.ts';

// What kubectl makes of a text, recorded from the real one, against what `check` reads.

interface RecordedValue {
  readonly text: string;
  /** kubectl's message. */
  readonly refused?: string;
  readonly value?: unknown;
}

interface RecordedFile {
  readonly name: string;
  readonly text?: string;
  readonly base64?: string;
  readonly refused?: string;
  readonly objects: readonly unknown[];
}

interface Recorded {
  readonly prefix: string;
  readonly values: readonly RecordedValue[];
  readonly files: readonly RecordedFile[];
}

const recorded: Recorded = JSON.parse(readFileSync(new URL('kubectl-reads.json', import.meta.url), 'utf8'));

/** Where we read more than kubectl: it leaves out, without a word, what comes after the end of a first document. */
const readsMore = ['yaml-json', 'dots2', 'cr-sep', 'a\n...\nb'];

/** Where the parsers differ in what nobody writes: kubectl's is one of YAML 1.1, ours one of 1.2. */
const otherwise = [
  ...['"a"#c', '\n  1: a\n  "1": b', '"\u0085"', '"\u2028"', '[:a]', '{a: :b}', '{:a: b}', '[?a]'],
  ...['json-bignum', 'json-lone', 'sep-hash', 'dots4', 'tab-line', 'tab-comment'],
];

interface Read {
  readonly objects: readonly unknown[];
  readonly refused: boolean;
}

/** As kubectl has it: an empty document is none, and one that is no object is refused. */
function read(bytes: Uint8Array): Read {
  const documents = [...parseDocuments(decodeText(bytes))].filter(
    ({ value, problems }) => problems.length > 0 || (value !== null && value !== undefined),
  );
  const isObject = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && 'kind' in value;
  const objects = documents.map(({ value }) => value).filter(isObject);
  return { objects: JSON.parse(JSON.stringify(objects)), refused: objects.length < documents.length };
}

const { prefix, values, files } = recorded;

describe('a value', () => {
  const agreeing = values.filter(({ text }) => ![...readsMore, ...otherwise].includes(text));
  test.each(agreeing)('$text', ({ text, value, refused }) => {
    const { objects, refused: ours } = read(Buffer.from(`${prefix}${text}\n`));
    if (refused !== undefined) expect(ours).toBe(true);
    else expect(objects).toMatchObject([{ x: value }]);
  });
});

describe('a file', () => {
  const agreeing = files.filter(({ name }) => ![...readsMore, ...otherwise].includes(name));
  test.each(agreeing)('$name', (file) => {
    const { objects, refused } = read(bytesOf(file));
    expect(refused).toBe(file.refused !== undefined);
    if (!refused) expect(objects).toEqual(file.objects);
  });
});

test('where kubectl passes over documents, they are read', () => {
  for (const file of files.filter(({ name }) => readsMore.includes(name)))
    expect(read(bytesOf(file)).objects.length, file.name).toBeGreaterThan(file.objects.length);
});

test('every difference is still one', () => {
  const same = [
    ...files.filter((file) => {
      const { objects, refused } = read(bytesOf(file));
      return refused === (file.refused !== undefined) && JSON.stringify(objects) === JSON.stringify(file.objects);
    }),
  ].map(({ name }) => name);
  expect(same.filter((name) => [...readsMore, ...otherwise].includes(name))).toEqual([]);
});

describe('what is hostile is refused or read, and quickly enough to be tried here', () => {
  const many = 20_000;
  test.each([
    ['objects inside objects', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 0],
    ['lists inside lists', '['.repeat(many), 1],
    ['open braces', '{'.repeat(many), 1],
    ['ends of documents, then blank lines, then text', `a: 1\n...\n${'\n'.repeat(many)}x`, 0],
    ['lines of a list that are not indented', `x: [\n${'a,\n'.repeat(many)}]\n`, 0],
    ['more lists whose lines are not indented than are put right', 'x: [\n]\n'.repeat(200), 1],
    ['merges of one map', `a: &a {b: 1, c: 2}\nx:\n${'  - <<: *a\n'.repeat(many)}`, 0],
    [
      'aliases of aliases',
      'abcdefghi'.replace(/./g, (c, i) => `${c}: &${c} [${Array(9).fill(i ? `*${'abcdefghi'[i - 1]}` : 'x')}]\n`),
      1,
    ],
  ])('%s', (_, text, problems) => {
    expect([...parseDocuments(text)].flatMap((document) => document.problems)).toHaveLength(problems);
  });
});

function bytesOf({ text, base64 }: RecordedFile): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
}
