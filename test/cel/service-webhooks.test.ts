import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { tenant } from '../e2e/support/names.ts';
import { type ServiceContent, serviceWrites } from '../e2e/support/service-writes.ts';
import { minors } from './cases.ts';
import { evaluateWrites, type Write } from './evaluator.ts';

// Which writes of Services the chart's two webhooks are called about, by their conditions as API servers evaluate them.

const webhooks = printedByChart();
const called = 'called';
let verdicts: readonly (readonly (readonly string[])[])[];

beforeAll(() => {
  const writes = serviceWrites.map(({ before, after, as = tenant }): Write => {
    const operation = after ? (before ? 'UPDATE' : 'CREATE') : 'DELETE';
    const objects = { object: after && whole(after), oldObject: before && whole(before) };
    const who = { user: as.user, groups: as.groups ?? [], namespace: 'shop', name: 'web' };
    return { kind: 'Service', operation, ...who, ...objects } as Write;
  });
  verdicts = webhooks.map((webhook) => evaluateWrites(asPolicy(webhook), writes, minors));
});

describe.each(minors.map((minor, i) => [minor, i]))('Kubernetes 1.%i', (_minor, i) => {
  test('calls each of the two about what is for it, and nothing else', () => {
    const found = serviceWrites.map(({ title }, j) => {
      const [judged, adopting] = verdicts.map((one) => one[i]?.[j]);
      return { title, judged, adopting };
    });
    const wanted = serviceWrites.map(({ title, calls = [] }) => ({
      title,
      judged: calls.includes('judged') ? called : '',
      adopting: calls.includes('adopting') ? called : '',
    }));
    expect(found).toEqual(wanted);
  });
});

function whole({ metadata, spec }: ServiceContent) {
  const named = { ...metadata, name: 'web', namespace: 'shop' };
  return { apiVersion: 'v1', kind: 'Service', metadata: named, spec };
}

interface Webhook {
  readonly name: string;
  readonly rules: object;
  readonly namespaceSelector: object;
  readonly matchConditions: object;
}

/** A policy that refuses all that the webhook is called about. */
function asPolicy({ name, rules, namespaceSelector, matchConditions }: Webhook): object {
  const matchConstraints = { resourceRules: rules, namespaceSelector };
  const spec = { matchConstraints, matchConditions, validations: [{ expression: 'false', message: called }] };
  const head = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' };
  return { ...head, metadata: { name }, spec };
}

function printedByChart(): readonly Webhook[] {
  const file = 'templates/validating-webhook.yaml';
  const flags = ['--namespace', 'guard', '--kube-version', '1.30', '--show-only', file, '--set'];
  const text = execFileSync('.tools/bin/helm', [
    ...['template', 'endpoints-webhook', 'charts/endpoints-webhook', ...flags],
    'webhooks.validating.resources.services=true',
  ]);
  const printed = parseAllDocuments(text.toString()).map((document) => document.toJS());
  return printed.find(({ metadata }) => metadata.name.endsWith('-services')).webhooks;
}
