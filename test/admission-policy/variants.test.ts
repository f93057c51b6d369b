import fc from 'fast-check';
import { expect, test } from 'vitest';
import { variantsOf } from '../../src/admission-policy/variants.ts';
import { type Policy, parsePolicy } from '../../src/policy/policy.ts';
import { matchesPattern } from '../../src/rules/pattern.ts';
import { protocol } from '../../src/rules/protocol.ts';

interface Entry {
  readonly match: readonly string[];
  readonly rules: { readonly protocol?: object };
}

function policyWith(namespaces: readonly Entry[]): Policy {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', namespaces });
  if (!policy) throw new Error('the policy is refused');
  return policy;
}

const wheres = (namespaces: readonly Entry[]) =>
  variantsOf(protocol, policyWith(namespaces))?.map(({ settings, where }) => [settings.enforcement, where]);

const warn = { protocol: { enforcement: 'warn' } };

test.each<[string, readonly Entry[], unknown]>([
  ['no entries', [], [['deny', undefined]]],
  ['entries about other rules', [{ match: ['a'], rules: {} }], [['deny', undefined]]],
  [
    'an entry that changes nothing',
    [{ match: ['a'], rules: { protocol: { enforcement: 'deny' } } }],
    [['deny', undefined]],
  ],
  [
    'a name',
    [{ match: ['a'], rules: warn }],
    [
      ['deny', '!(request.namespace in ["a"])'],
      ['warn', 'request.namespace in ["a"]'],
    ],
  ],
  [
    'two names that cannot both match',
    [
      { match: ['a'], rules: warn },
      { match: ['b'], rules: { protocol: { enforcement: 'audit' } } },
    ],
    [
      ['deny', '(!(request.namespace in ["a"]) && !(request.namespace in ["b"]))'],
      ['audit', 'request.namespace in ["b"]'],
      ['warn', 'request.namespace in ["a"]'],
    ],
  ],
])('%s', (_, namespaces, wanted) => {
  expect(wheres(namespaces)).toEqual(wanted);
});

test('too many combinations are none', () => {
  const entries = Array.from({ length: 7 }, (_, i) => ({
    match: [`*${i}*`],
    rules: { protocol: { allowed: [['TCP'], ['UDP'], ['SCTP'], ['TCP', 'SCTP'], ['TCP'], ['UDP'], ['SCTP']][i] } },
  }));
  expect(wheres(entries)).toBeUndefined();
  expect(wheres(entries.slice(1))).toHaveLength(5);
});

/** What CEL makes of such a condition. */
function holds(where: string, namespace: string): boolean {
  const script = where
    .replaceAll(/request\.namespace in (\[[^\]]*\])/g, '$1.includes(namespace)')
    .replaceAll('request.namespace', 'namespace')
    .replaceAll(/namespace\.matches\("\(\?s\)((?:[^"\\]|\\.)*)"\)/g, '/$1/s.test(namespace)');
  return Boolean(new Function('namespace', `return ${script}`)(namespace));
}

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), minLength: 1, maxLength: 4 });
const said = fc.record(
  {
    enforcement: fc.constantFrom('deny', 'warn', 'audit', 'none'),
    allowed: fc.constantFrom(['TCP'], ['UDP'], ['TCP', 'SCTP']),
  },
  { requiredKeys: [] },
);
const entry = fc.record({
  match: fc.array(pattern, { minLength: 1, maxLength: 2 }),
  rules: fc.record({ protocol: said }, { requiredKeys: [] }),
});
const names = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 });

test('in every namespace exactly one variant holds, and it is what the policy says there', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), names, (namespaces, namespace) => {
      const policy = policyWith(namespaces as Entry[]);
      const holding = (variantsOf(protocol, policy) ?? []).filter(
        ({ where }) => where === undefined || holds(where, namespace),
      );
      const matching = namespaces.filter(({ match }) => match.some((one) => matchesPattern(one, namespace)));
      const base = { enforcement: 'deny', allowed: ['TCP', 'UDP'] };
      expect(holding.map(({ settings }) => settings)).toEqual([
        Object.assign(base, ...matching.map(({ rules }) => rules.protocol)),
      ]);
    }),
    { numRuns: 1000 },
  );
});
