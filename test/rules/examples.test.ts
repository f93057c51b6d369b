import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judgeExample } from '../../src/review/judge-example.ts';
import { rules } from '../../src/rules/index.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';

const all = [wellFormed, ...rules];

test.each(all.flatMap((rule) => rule.kinds.map((kind) => ({ id: rule.id, kind, rule }))))(
  '$id denies or warns of its own example of $kind',
  ({ rule, kind }) => {
    const violated = judgeExample(rule, kind).map(({ rule, enforcement }) => `${rule.id} (${enforcement})`);
    const own = `${rule.id} (${rule.enforcement === 'none' ? 'deny' : rule.enforcement})`;
    expect(
      violated,
      `src/rules/${rule.id}.ts: its example of ${kind} violates ${violated.join(', ') || 'nothing'}`,
    ).toContain(own);
  },
);

test.each(all)('$id has examples of the kinds that it judges, and of no other', ({ example, kinds }) => {
  expect(Object.keys(example).sort()).toEqual(kinds.toSorted());
});

test.each(all)('$id says where its demand comes from', ({ source }) => {
  expect(source.text).toMatch(/\w{3}/);
  if (source.url !== undefined) expect(new URL(source.url).protocol).toBe('https:');
});

test.each(all)('$id says everything in its own words', ({ id }) => {
  const unwritten = readFileSync(`src/rules/${id}.ts`, 'utf8')
    .split('\n')
    .filter((line) => /FILL.IN/.test(line));
  expect(unwritten, `src/rules/${id}.ts still says FILL IN`).toEqual([]);
});
