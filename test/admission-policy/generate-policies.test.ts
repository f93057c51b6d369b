import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { coverage, coverageOf } from '../../src/admission-policy/coverage.ts';
import { type GenerationOptions, generatePolicies } from '../../src/admission-policy/generate-policies.ts';
import type { Kind } from '../../src/endpoints/view.ts';
import { fieldsOf } from '../../src/json/fields.ts';
import { allKinds, kinds } from '../../src/kinds/index.ts';
import { type Policy, parsePolicy, policyFindingText } from '../../src/policy/policy.ts';
import { rules } from '../../src/rules/index.ts';
import type { DocumentedRule, Enforcement } from '../../src/rules/rule.ts';
import { wellFormed } from '../../src/rules/well-formed.ts';

function read(settings: object = {}): Policy {
  const { policy, findings } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    ...settings,
  });
  if (!policy) throw new Error(findings.map(policyFindingText).join('\n'));
  return policy;
}

const defaults: GenerationOptions = {
  name: 'guard',
  minor: 33,
  leaveOut: [],
  exemptNamespaces: [],
  exemptUsers: [],
  annotations: {},
};

interface AdmissionPolicy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly failurePolicy: string;
    readonly matchConstraints: {
      readonly resourceRules: unknown;
      readonly namespaceSelector: { readonly matchExpressions: readonly { readonly values: readonly string[] }[] };
    };
    readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly message: string }[];
    readonly policyName: string;
    readonly validationActions: readonly string[];
  };
}

function objectsOf(policy: Policy, options: Partial<GenerationOptions> = {}): readonly AdmissionPolicy[] {
  const { objects, problems } = generatePolicies(policy, { ...defaults, ...options });
  expect(problems).toBeUndefined();
  return objects as unknown as readonly AdmissionPolicy[];
}

const policiesOf = (...args: Parameters<typeof objectsOf>) =>
  objectsOf(...args).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

/** The rules of each policy, by its name. */
function demanded(...args: Parameters<typeof objectsOf>) {
  return Object.fromEntries(
    policiesOf(...args).map(({ metadata, spec }) => [
      metadata.name,
      [
        ...new Set(
          spec.validations.flatMap(({ message }) => /\[endpoints-webhook: ([a-z-]+)\]$/.exec(message)?.[1] ?? []),
        ),
      ],
    ]),
  );
}

const all = [wellFormed, ...rules];

test.each(all.flatMap((rule) => rule.kinds.map((kind) => ({ id: rule.id, kind, rule }))))(
  '$id: what enforces it without the webhook is known for $kind',
  ({ rule, kind }) => {
    expect(Object.values(coverageOf(rule, kind)).every(Boolean)).toBe(true);
  },
);

test('a rule of which nobody has said what enforces it fails with one sentence', () => {
  const rule = { ...wellFormed, id: 'no-multicast' };
  expect(() => coverageOf(rule, 'Endpoints')).toThrow(
    /^rule no-multicast has no entry in src\/admission-policy\/coverage\.ts for Endpoints: add .* src\/rules\/no-multicast\.ts$/,
  );
  expect(coverageOf({ ...rule, webhookOnly: 'CEL cannot count.' }, 'Endpoints')).toEqual({
    webhookOnly: 'CEL cannot count.',
  });
});

test('coverage.ts speaks of rules and kinds that there are, and not of those that are only the webhook’s', () => {
  const pairs = Object.entries(coverage).flatMap(([id, kinds]) => Object.keys(kinds).map((kind) => `${id} ${kind}`));
  const wanted = all.filter(({ webhookOnly }) => webhookOnly === undefined);
  const known = new Set(wanted.flatMap(({ id, kinds }) => kinds.map((kind) => `${id} ${kind}`)));
  expect(pairs.filter((pair) => !known.has(pair))).toEqual([]);
});

/** Whether the default policy has something for CEL to look for. */
function isExpressed(rule: DocumentedRule, kind: Kind): boolean {
  const covered = rule.kinds.includes(kind) ? coverageOf(rule, kind) : { builtIn: '' };
  const parameters = read().settings.rules[rule.id] ?? {};
  return (
    'validation' in covered &&
    covered.validation({ fields: kinds[kind].cel, id: 'x', parameters }).violationLists.length > 0
  );
}

/** The rules that the default policy gives to policies of this kind and action. */
function expectedOf(kind: Kind, enforcement: Enforcement): readonly string[] {
  return all.filter((rule) => rule.enforcement === enforcement && isExpressed(rule, kind)).map(({ id }) => id);
}

test('the default policy gives a policy for each kind and action, with these rules', () => {
  expect(demanded(read())).toEqual({
    'guard-endpoints-deny': expectedOf('Endpoints', 'deny'),
    'guard-endpoints-warn': expectedOf('Endpoints', 'warn'),
    'guard-endpointslices-deny': expectedOf('EndpointSlice', 'deny'),
    'guard-services-deny': ['service-external-ip', 'service-external-name'],
  });
  expect(expectedOf('Service', 'deny')).toEqual(['service-external-ip', 'service-external-name']);
  expect(expectedOf('Endpoints', 'deny')).toContain('forbidden-network');
});

test('each policy has a binding of its own with its action', () => {
  const bindings = objectsOf(read()).filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  expect(bindings.map(({ metadata, spec }) => [metadata.name, spec.policyName, spec.validationActions])).toEqual([
    ['guard-endpoints-deny', 'guard-endpoints-deny', ['Deny']],
    ['guard-endpoints-warn', 'guard-endpoints-warn', ['Warn']],
    ['guard-endpointslices-deny', 'guard-endpointslices-deny', ['Deny']],
    ['guard-services-deny', 'guard-services-deny', ['Deny']],
  ]);
});

test('in audit mode every policy has the action Audit', () => {
  expect(Object.keys(demanded(read({ mode: 'audit' })))).toEqual([
    'guard-endpoints-audit',
    'guard-endpointslices-audit',
    'guard-services-audit',
  ]);
});

test.each(allKinds)('$resource: what puts them into service is a change, also where it was empty', (kind) => {
  const { resource, servingState } = kind;
  const found = policiesOf(read()).find(({ spec }) => JSON.stringify(spec.matchConstraints).includes(`"${resource}"`));
  const unchanged = found?.spec.matchConditions.find(({ name }) => name === 'exclude-unchanged-updates');
  for (const member of ['labels', 'annotations'] as const)
    for (const { key, counts } of servingState[member]) {
      if (counts !== 'value') continue;
      const of = (object: string) => `${object}.metadata.?${member}[?"${key}"]`;
      expect(unchanged?.expression).toContain(`${of('object')} != ${of('oldObject')}`);
    }
});

test.each([
  ['endpoints', 0],
  ['endpointslices', 1],
] as const)('%s: the webhooks of the chart are asked about the same writes', (resource, index) => {
  const printed = parseAllDocuments(readFileSync('deploy/install.yaml', 'utf8')).map((document) => document.toJS());
  const hooks = printed.filter((one) => one?.kind === 'ValidatingWebhookConfiguration');
  const { matchConditions, rules, namespaceSelector } = hooks[index].webhooks[0];
  const policy = policiesOf(read(), { exemptNamespaces: ['endpoints-webhook'] }).find(
    ({ metadata }) => metadata.name === `guard-${resource}-deny`,
  );
  expect(matchConditions).toEqual(policy?.spec.matchConditions);
  expect(rules).toEqual(policy?.spec.matchConstraints.resourceRules);
  expect(sorted(namespaceSelector)).toEqual(sorted(policy?.spec.matchConstraints.namespaceSelector));
});

function sorted(selector?: AdmissionPolicy['spec']['matchConstraints']['namespaceSelector']) {
  return selector?.matchExpressions.map(({ values, ...rest }) => ({ ...rest, values: values.toSorted() }));
}

test('a policy matches creations and updates outside the exempt namespaces, by users who are not exempt', () => {
  const [endpoints, , slices] = policiesOf(read(), { exemptNamespaces: ['hooks', 'kube-system'], exemptUsers: ['ci'] });
  expect(endpoints?.spec.failurePolicy).toBe('Fail');
  expect(slices?.spec.matchConstraints).toEqual({
    matchPolicy: 'Equivalent',
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'kube-node-lease', 'hooks'] },
      ],
    },
    resourceRules: [
      {
        apiGroups: ['discovery.k8s.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['endpointslices'],
        scope: 'Namespaced',
      },
    ],
  });
  const [identities] = endpoints?.spec.matchConditions ?? [];
  expect(identities?.expression).toMatch(/^!\(request\.userInfo\.username in \["system:apiserver", .*, "ci"\]\)$/);
});

/** The oldest minor that takes a rule's expressions; none where it has none. */
function sinceOf(rule: DocumentedRule, kind: Kind): readonly number[] {
  const covered = coverageOf(rule, kind);
  return 'since' in covered ? [covered.since] : [];
}

describe('a rule that the oldest API server cannot evaluate', () => {
  test('is a problem that names the rule and the remedy', () => {
    const { objects, problems } = generatePolicies(read(), { ...defaults, minor: 30 });
    expect(objects).toBeUndefined();
    const newer = all.flatMap((rule) => {
      const [since = 0] = rule.kinds.flatMap((kind) => (isExpressed(rule, kind) ? sinceOf(rule, kind) : []));
      return since > 30 ? [[rule.id, `1.${since}`]] : [];
    });
    expect(newer).toContainEqual(['ready-and-not-ready', '1.33']);
    expect(problems).toEqual(
      newer.map(([id, since]) =>
        expect.stringMatching(
          `^${id}: needs the CEL of Kubernetes ${since}, .*--leave-out ${id}.*--kubernetes-version ${since}`,
        ),
      ),
    );
  });

  test('is no problem where it is left out, or the policy does not demand it', () => {
    const leaveOut = all
      .filter((rule) => rule.kinds.some((kind) => Number(sinceOf(rule, kind)) > 30))
      .map(({ id }) => id);
    const policy = read({ rules: { 'ready-and-not-ready': { enforcement: 'none' } } });
    expect(
      demanded(policy, { minor: 30, leaveOut: leaveOut.filter((id) => id !== 'ready-and-not-ready') })[
        'guard-endpointslices-deny'
      ],
    ).toEqual(expectedOf('EndpointSlice', 'deny').filter((id) => !leaveOut.includes(id)));
  });

  test('namespaces that combine in too many ways are a problem', () => {
    const namespaces = Array.from({ length: 7 }, (_, i) => ({
      match: [`*${i}*`],
      rules: { protocol: { enforcement: 'warn' } },
    }));
    const { problems } = generatePolicies(read({ namespaces }), defaults);
    expect(problems).toEqual([expect.stringMatching(/^protocol: .*namespaces.*--leave-out protocol$/)]);
    expect(generatePolicies(read({ namespaces }), { ...defaults, leaveOut: ['protocol'] }).problems).toBeUndefined();
  });
});

/** When a check applies, as its list of violations begins. */
function conditionOf(policy: Policy, id: string): string | undefined {
  const variables = policiesOf(policy).flatMap(({ spec }) => spec.variables);
  return variables.find(({ name }) => name === `${id}_violations`)?.expression.split(' ? (')[0];
}

test('an exemption of the policy becomes a condition of the rules that it names, or of all but well-formed', () => {
  const policy = read({
    exempt: [
      { users: ['ci:*'], namespaces: ['team-*'], rules: ['protocol', 'ports-required'] },
      { groups: ['ops', 'net-*'] },
    ],
  });
  const operators = 'request.userInfo.?groups.orValue([]).exists(g, (g in ["ops"] || g.startsWith("net-")))';
  const ci = '(request.userInfo.username.startsWith("ci:") && request.namespace.startsWith("team-"))';
  expect(conditionOf(policy, 'protocol')).toBe(`!((${ci} || ${operators}))`);
  expect(conditionOf(policy, 'ports_required')).toBe(`(request.operation == "CREATE" && !((${ci} || ${operators})))`);
  expect(conditionOf(policy, 'target_resource_version')).toBe(`!(${operators})`);
  expect(conditionOf(policy, 'well_formed')).toMatch(/^variables\.addresses/);
});

test('settings of a namespace become a check of their own', () => {
  const policy = read({
    rules: { 'forbidden-port': { ports: ['TCP/1'] } },
    namespaces: [{ match: ['a'], rules: { 'forbidden-port': { ports: ['TCP/2'], enforcement: 'warn' } } }],
  });
  const found = policiesOf(policy).flatMap(({ metadata, spec }) =>
    spec.variables.filter(({ name }) => name.endsWith('_ports')).map(({ expression }) => [metadata.name, expression]),
  );
  expect(found).toEqual([
    ['guard-endpoints-deny', '{"TCP": [[1, 1]]}'],
    ['guard-endpoints-warn', '{"TCP": [[2, 2]]}'],
    ['guard-endpointslices-deny', '{"TCP": [[1, 1]]}'],
    ['guard-endpointslices-warn', '{"TCP": [[2, 2]]}'],
    ['guard-services-deny', '{"TCP": [[1, 1]]}'],
    ['guard-services-deny', '{"TCP": [[2, 2]]}'],
  ]);
});

test('a variable stands after those it uses, and its name once', () => {
  const policy = read({
    rules: {
      'forbidden-network': { presets: ['private', 'cloud-metadata'] },
      'forbidden-port': { presets: ['control-plane'] },
    },
  });
  for (const { spec } of policiesOf(policy)) {
    const names = spec.variables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [i, { expression }] of spec.variables.entries())
      for (const [, used] of expression.matchAll(/variables\.(\w+)/g)) expect(names.slice(0, i)).toContain(used);
    for (const { expression } of spec.validations)
      for (const [, used] of expression.matchAll(/variables\.(\w+)/g)) expect(names).toContain(used);
  }
});

test('only rules from which RBAC can exempt ask the authorizer', () => {
  for (const { spec } of policiesOf(read({ rules: { 'forbidden-port': { presets: ['control-plane'] } } })))
    for (const { expression, message } of spec.validations) {
      const [, id] = /\[endpoints-webhook: ([a-z-]+)\]$/.exec(message) ?? [];
      const exemptibleByRbac = rules.find((rule) => rule.id === id)?.exemptibleByRbac ?? false;
      expect(expression.endsWith(' || variables.authorized'), id).toBe(exemptibleByRbac);
    }
});

test('a policy that demands nothing gives no objects', () => {
  const none = Object.fromEntries(rules.map(({ id }) => [id, { enforcement: 'none' }]));
  expect(objectsOf(read({ rules: none }), { leaveOut: ['well-formed'] })).toEqual([]);
});

test('messages name the rule, and are shorter than the API allows', () => {
  for (const { spec } of policiesOf(read()))
    for (const { message } of spec.validations.map(fieldsOf)) {
      expect(message).toMatch(/ \[endpoints-webhook(: [a-z-]+)?\]$/);
      expect(String(message).length).toBeLessThan(500);
    }
});
