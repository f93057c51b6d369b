import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Kind } from '../../src/endpoints/view.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { review } from '../../src/review/review.ts';
import { type Update, updates } from '../e2e/support/updates.ts';
import { type AdmissionPolicy, admissionPoliciesOf } from './admission-policies.ts';
import { defaultPolicy } from './case.ts';
import { minors } from './cases.ts';
import { allFields, type EvaluatedSet, type EvaluationSet, evaluate } from './evaluator.ts';
import { caseOf, titleOf } from './updates.ts';

// Of an update that changes one thing alone, the engine, the conditions of the chart's webhooks and the printed policies say the same.

const policy = { ...defaultPolicy, extraServiceLabels: ['example.com/service'] };

const labelUpdates: readonly Update[] = updates.flatMap((one) =>
  one.title.startsWith('labels[app]')
    ? [{ ...one, ...renamed(one), title: `${one.title}, which is a further service label`, judged: true }]
    : [],
);

function renamed({ before, after }: Update): Pick<Update, 'before' | 'after'> {
  const [one, two] = [before, after].map((object) =>
    JSON.parse(JSON.stringify(object).replace('"app"', '"example.com/service"')),
  );
  return { before: one, after: two };
}

let evaluated: readonly EvaluatedSet[];

beforeAll(() => {
  const sets = minors.flatMap((minor): readonly EvaluationSet[] => [
    {
      minor,
      policies: [...admissionPoliciesOf(defaultPolicy, minor), ...chartConditions()],
      cases: updates.map(caseOf),
    },
    { minor, policies: admissionPoliciesOf(policy, minor), cases: labelUpdates.map(caseOf) },
  ]);
  evaluated = evaluate(sets);
});

/** The conditions of the chart's webhooks, as policies that demand nothing. Those for Services are in service-webhooks.test.ts. */
function chartConditions(): readonly AdmissionPolicy[] {
  const printed = parseAllDocuments(readFileSync('deploy/install.yaml', 'utf8')).map((document) => document.toJS());
  const found = printed.filter(
    (one) => /WebhookConfiguration$/.test(one?.kind) && !one.metadata.name.endsWith('-services'),
  );
  return found.flatMap(({ metadata, webhooks }) =>
    webhooks.map(({ rules, namespaceSelector, matchConditions }: Record<string, object>) => {
      const spec = {
        matchConstraints: { resourceRules: rules, namespaceSelector },
        matchConditions,
        validations: [{ expression: 'true' }],
      };
      const object = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata,
        spec,
      };
      const kind: Kind = metadata.name.endsWith('-endpointslices') ? 'EndpointSlice' : 'Endpoints';
      return { kind, action: 'Deny' as const, object, rules: [], messages: [] };
    }),
  );
}

test('every field is changed', () => {
  const never = ['kind', 'apiVersion', 'metadata.name', 'metadata.namespace'];
  for (const [kind, fields] of Object.entries(allFields())) {
    const changed = new Set(updates.filter((one) => one.kind === kind).map(({ field }) => field));
    expect(
      fields.filter((field) => !never.includes(field) && !changed.has(field)),
      kind,
    ).toEqual([]);
  }
});

test.each([
  { what: 'fields, labels, annotations, finalizers and owners', all: updates, by: defaultPolicy },
  { what: 'labels that a policy is told of', all: labelUpdates, by: policy },
])('the engine judges what it is to judge: $what', ({ all, by }) => {
  const wrong = all.filter((update) => {
    const { user, groups, ...asked } = caseOf(update);
    const { violations, exemption } = review(by, {
      ...asked,
      operation: 'UPDATE',
      requester: { user, groups },
      previous: asked.oldObject,
    });
    return (violations.length > 0 && exemption !== 'unchanged') !== (update.judged && violations.length > 0);
  });
  expect(wrong.map(({ kind, title, judged }) => `${kind}: ${title} is ${judged ? 'not ' : ''}judged`)).toEqual([]);
});

describe.each(minors)('Kubernetes 1.%i', (minor) => {
  test('asks webhooks and policies about the same', () => {
    const wrong = evaluated.filter((set) => set.minor === minor).flatMap(differing);
    expect(wrong).toEqual([]);
  });
});

/** What is matched otherwise, or cannot be evaluated although an API server would take it. */
function differing({ policies, cases, verdicts }: EvaluatedSet): readonly string[] {
  const known = new Map([...updates, ...labelUpdates].map((one) => [titleOf(one), one]));
  return cases.flatMap(({ kind, title }, i) =>
    policies.flatMap((one, j) => {
      const { judged, unwritable } = known.get(title) ?? {};
      const { matched, errors = [] } = verdicts[i]?.[j] ?? {};
      if (one.kind !== kind || (matched === judged && (unwritable || errors.length === 0))) return [];
      const { name } = fieldsOf(fieldsOf(one.object).metadata);
      return [`${title}: ${name} ${matched ? 'judges it' : 'does not judge it'} ${errors}`];
    }),
  );
}
