import { expect, test } from 'vitest';
import { newest, setsOf } from './cases.ts';
import { differencesIn } from './comparison.ts';
import { type EvaluatedSet, type EvaluationSet, evaluate } from './evaluator.ts';
import { type Mutant, mistakes, mutantsOf } from './mutants.ts';

// Each mistake in the printed policies changes the verdict of some case.

// Corpus files are tried as creations only: it takes long enough.
const sets = setsOf(newest).map((set) => ({
  ...set,
  cases: set.cases.filter(({ title }) => !title.includes(', in place of ')),
}));
const mutants = new Map(sets.map((set) => [set, mutantsOf(set.policies)]));
const titles = new Set([...mutants.values()].flat().map(({ title }) => title));

test.each(mistakes)('%s: some expression has "%s"', (title) =>
  expect([...titles].filter((one) => one.endsWith(`: ${title}`))).not.toEqual([]),
);

test('each mistake is caught', { timeout: 1_800_000 }, () => {
  const caught = new Map<string, string>();
  for (const set of sets)
    for (const [title, by] of caughtIn(
      set,
      (mutants.get(set) ?? []).filter(({ title }) => !caught.has(title)),
    ))
      caught.set(title, by);
  for (const [title, by] of caught) console.log(`${shortened(title)}\n    is caught by ${by}`);
  expect([...titles].filter((title) => !caught.has(title))).toEqual([]);
});

/** A whole expression would be half a page. */
function shortened(title: string): string {
  return title.length > 160 ? `${title.slice(0, 160)} …` : title;
}

/** By title the first case that shows a mistake. */
function caughtIn(set: EvaluationSet, tried: readonly Mutant[]): readonly (readonly [title: string, by: string])[] {
  const ofKind = tried.map(({ kind, policies }) => ({
    ...set,
    policies,
    cases: set.cases.filter((one) => one.kind === kind),
  }));
  const [right, ...wrong] = evaluate([set, ...ofKind]);
  return wrong.flatMap((one, i) => {
    const by = right && firstChange(right, one);
    return by === undefined ? [] : [[tried[i]?.title ?? '', by] as const];
  });
}

function firstChange(right: EvaluatedSet, wrong: EvaluatedSet): string | undefined {
  const known = told(right);
  const found = told(wrong);
  return wrong.cases.find(({ title }) => known.get(title) !== found.get(title))?.title;
}

function told(set: EvaluatedSet): ReadonlyMap<string, string> {
  return new Map(differencesIn(set).map((one) => [one.title, JSON.stringify(one)]));
}
