import { beforeAll, describe, expect, test } from 'vitest';
import { largeSetsOf, minors, newest, setsOf } from './cases.ts';
import { differencesIn } from './comparison.ts';
import { type EvaluatedSet, evaluate } from './evaluator.ts';
import { knownDifferences } from './known.ts';

// The printed policies, evaluated as API servers do over all that is tried elsewhere, against the verdicts of the webhook.

let evaluated: readonly EvaluatedSet[];

beforeAll(() => {
  evaluated = evaluate([...minors.flatMap(setsOf), ...largeSetsOf(newest)]);
});

describe.each(minors)('Kubernetes 1.%i', (minor) => {
  const own = () => evaluated.filter((set) => set.minor === minor);

  test('takes every expression', () => expect(own().flatMap(({ refused }) => refused)).toEqual([]));

  test('comes to the verdicts of the webhook, but for known differences', () => {
    const found = own().flatMap(differencesIn);
    const wanted = knownDifferences(minor);
    const unknown = found.filter(({ title }) => !wanted.includes(withoutSuffix(title)));
    expect(unknown).toEqual([]);
    expect([...new Set(found.map(({ title }) => withoutSuffix(title)))].sort()).toEqual(wanted);
  });

  test('says what is wrong with which value', () => {
    expect(own().flatMap(wordless)).toEqual([]);
  });
});

test('what cannot be decoded is refused by the webhook', () => {
  const decoded = evaluated.filter(({ minor }) => minor === newest);
  const titles = decoded
    .flatMap(({ cases, verdicts }) => cases.filter((_, i) => verdicts[i]?.length === 0))
    .map(({ title }) => title);
  console.log(
    `${titles.length} of ${decoded.flatMap(({ cases }) => cases).length} cases never reach a policy: their objects cannot be decoded`,
  );
  expect(titles.length).toBeGreaterThan(0);
  expect(titles.filter((title) => !title.includes('/reject/'))).toEqual([]);
});

/** What is known of a creation is known of an update to the same. */
function withoutSuffix(title: string): string {
  return title.replace(/, in place of a good one$/, '');
}

/** Messages without a value, where the object is not too large to find it and it has no newline, which API servers show in no message: an expression that fails leaves them so, silently. */
function wordless({ cases, policies, verdicts }: EvaluatedSet): readonly string[] {
  return cases.flatMap(({ title, object }, i) =>
    (verdicts[i] ?? []).flatMap(({ messages }, j) =>
      sizeOf(object) > 20_000 || title.includes('newline')
        ? []
        : messages.filter((text) => policies[j]?.messages.includes(text)).map((text) => `${title}: ${text}`),
    ),
  );
}

function sizeOf(object: unknown): number {
  return (JSON.stringify(object) ?? '').length;
}
