import { expect, test } from 'vitest';
import * as z from 'zod';
import { defaultPolicy, type Policy } from '../../src/policy/policy.ts';
import { review } from '../../src/review/review.ts';
import { defineRule } from '../../src/rules/rule.ts';

/** A rule that looks at what an UPDATE replaces, `times` times: no object may lose a subset. */
const noFewerSubsets = (times: number) =>
  defineRule({
    id: 'no-fewer-subsets',
    title: 'No subset is taken away.',
    why: '',
    remedy: 'keep it',
    source: { text: 'this test' },
    example: {},
    fields: ['subsets'],
    enforcement: 'deny',
    operations: 'create-and-update',
    kinds: ['Endpoints'],
    parameters: z.strictObject({}),
    *check({ subsets }, _, context) {
      for (let i = 0; i < times; i++) {
        const before = context.previous?.subsets.length ?? 0;
        if (subsets.length < before) yield { path: ['subsets'], message: `${before} before, in ${context.namespace}` };
      }
    },
  });

const policyWith = (rule: ReturnType<typeof noFewerSubsets>): Policy => ({
  ...defaultPolicy(),
  checks: [{ rule, enforcement: 'deny', prepared: {} }],
});

const object = (subsets: number) => ({
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'web' },
  subsets: Array.from({ length: subsets }, (_, i) => ({ addresses: [{ ip: `10.0.0.${i}` }], ports: [{ port: 80 }] })),
});

const requester = { user: 'somebody', groups: [] };
const asked = (operation: 'CREATE' | 'UPDATE', now: unknown, previous: unknown, times = 1) =>
  review(policyWith(noFewerSubsets(times)), {
    ...{ kind: 'Endpoints', operation, namespace: 'shop', requester },
    ...{ object: now, previous },
  });

test('a rule sees what an UPDATE replaces, and the namespace', () => {
  const { allowed, violations } = asked('UPDATE', object(1), object(2));
  expect(allowed).toBe(false);
  expect(violations.map(({ finding }) => finding.message)).toEqual(['2 before, in shop']);
});

test.each<[string, 'CREATE' | 'UPDATE', unknown]>([
  ['a creation', 'CREATE', object(2)],
  ['an update of what nobody sent', 'UPDATE', undefined],
  ['an update of null', 'UPDATE', null],
  ['an update of a list', 'UPDATE', [object(2)]],
])('a rule has nothing to compare with at %s', (_, operation, previous) =>
  expect(asked(operation, object(1), previous)).toEqual({ allowed: true, violations: [] }),
);

/** The same object, that counts how often its subsets are looked at. */
function counted(subsets: number) {
  let count = 0;
  const { subsets: list, ...rest } = object(subsets);
  const previous = {
    ...rest,
    get subsets() {
      count++;
      return list;
    },
  };
  return { previous, count: () => count };
}

test('what an UPDATE replaces is not read where no rule looks at it and nothing is wrong', () => {
  const { previous, count } = counted(1);
  expect(asked('UPDATE', object(2), previous, 0).allowed).toBe(true);
  expect(count()).toBe(0);
});

test('what an UPDATE replaces is read once, however often rules look at it', () => {
  const { previous, count } = counted(1);
  expect(asked('UPDATE', object(2), previous, 5).allowed).toBe(true);
  expect(count()).toBe(1);
});
