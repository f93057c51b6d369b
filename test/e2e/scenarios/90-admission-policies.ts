import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generatePolicies } from '../../../src/admission-policy/generate-policies.ts';
import type { Kind } from '../../../src/endpoints/view.ts';
import { fieldsOf, isFields } from '../../../src/json/fields.ts';
import { type Policy, parsePolicy } from '../../../src/policy/policy.ts';
import { type Applied, applyAdmissionPolicies, refusalBy } from '../support/admission-policies.ts';
import { type As, api } from '../support/api.ts';
import { fixtures } from '../support/fixtures.ts';
import { reasonOf, reasonOfObject, unsayable } from '../support/minor.ts';
import { freshName, path, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { goodEndpoints } from '../support/objects.ts';
import { uninstall } from '../support/release.ts';
import { note } from '../support/report.ts';
import { letKeeperWrite } from '../support/rights.ts';
import { controller, happens } from '../support/situation.ts';
import { situations } from '../support/situations.ts';
import { outcomeOf, updateSituations } from '../support/updates.ts';

// No webhook is installed: what is refused is refused by the API server's own validation, or by a ValidatingAdmissionPolicy.

const ports = [{ port: 80 }];
const discovery = 'discovery.k8s.io/v1';
const rbac = 'rbac.authorization.k8s.io';
let namespace: string;

beforeAll(letKeeperWrite);

beforeAll(async () => {
  await uninstall().catch(() => {}); // of what another file has left over
  namespace = await policyNamespace('policies');
});

/** A namespace in which the tenant may write slices too. */
async function policyNamespace(what: string): Promise<string> {
  const name = await freshNamespace(what);
  for (const group of [tenant.groups?.[0] ?? '', 'operators', 'team-net'])
    await grant(name, group, ['endpoints', 'endpointslices'], ['get', 'create', 'update', 'patch']);
  return name;
}

async function grant(where: string, group: string, resources: readonly string[], verbs: readonly string[]) {
  const name = freshName('grant');
  const rules = [{ apiGroups: ['', 'discovery.k8s.io'], resources, verbs }];
  const role = await api().post(path(where, 'roles', undefined, `${rbac}/v1`), { metadata: { name }, rules });
  const binding = await api().post(path(where, 'rolebindings', undefined, `${rbac}/v1`), {
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ apiGroup: rbac, kind: 'Group', name: group }],
  });
  expect([role.status, binding.status]).toEqual([201, 201]);
}

/** What an API server says of an object that somebody creates, dry. */
function create(kind: Kind, object: unknown, { as = tenant, where = namespace }: { as?: As; where?: string } = {}) {
  const url = kind === 'Endpoints' ? path(where, 'endpoints') : path(where, 'endpointslices', undefined, discovery);
  const moved = isFields(object) ? { ...object, metadata: { ...fieldsOf(object.metadata), namespace: where } } : object;
  return api().post(`${url}?dryRun=All`, moved, { as, timeout: 60_000 });
}

/** What no API server can see: it fills them in. */
const filledIn = /^well-formed\/reject\/(?:slice-)?(?:api-version|kind)-missing$/;

const all = fixtures().filter(({ name }) => !filledIn.test(name));
const policies = [...new Set(all.map(({ policy }) => policy))];

describe.each(policies.map((policy) => ({ policy, title: policy ?? 'the default policy' })))(
  'the ValidatingAdmissionPolicies of $title',
  ({ policy, title }) => {
    const count = { taken: 0, 'API server': 0, policies: 0 };
    let applied: Applied;

    beforeAll(async () => {
      applied = await applyAdmissionPolicies(policy);
    });
    afterAll(async () => {
      await applied?.remove();
      const refused = `${count['API server']} were refused by the API server's validation, ${count.policies} by the ValidatingAdmissionPolicies`;
      note(
        'admission-policies',
        `- ${title}: of its fixtures ${refused}, ${count.taken} were taken, each as its rules say.`,
      );
    });

    test.for(all.filter((one) => one.policy === policy))('$name', async ({ kind, object, denies }, { skip }) => {
      const answer = await create(kind, object);
      const refusal = refusalBy(applied.name, answer);
      expect(answer.status, answer.text).not.toBe(403);
      // what is left out here may be refused by a rule that does not judge it where it is not
      const reason = reasonOf(denies);
      skip(reason !== undefined && (answer.status === 201 || refusal !== undefined), reason);
      if (answer.status === 201) {
        expect(denies).toEqual([]);
        count.taken++;
      } else if (refusal === undefined) count['API server']++;
      else {
        const [, rule] = /\[endpoints-webhook: ([a-z-]+)\]$/.exec(refusal) ?? [];
        expect(denies, refusal).toContain(rule);
        count.policies++;
      }
    });
  },
);

describe('the ValidatingAdmissionPolicies of the default policy, write by write', () => {
  let applied: Applied;
  beforeAll(async () => {
    applied = await applyAdmissionPolicies(undefined);
  });
  afterAll(() => applied?.remove());

  test.each(situations)('$title', async (situation) => {
    const refused = situation.called && situation.verdict !== 'allowed';
    expect(await happens(situation, namespace)).toBe(refused ? 'refused by us' : 'taken');
  });

  test.for(updateSituations)('one thing changed of $kind: $title', async (situation, { skip }) => {
    const { kind, called, body } = situation;
    const reason = called ? reasonOfObject(kind, body) : undefined;
    skip(reason !== undefined, reason);
    expect(await happens(situation, namespace)).toMatch(outcomeOf(situation));
  });

  test.each([
    ['a label of no interest', 200, { metadata: { labels: { a: 'b' } } }],
    ['the same endpoints', 200, { endpoints: badSlice.endpoints }],
    ['a condition', 422, { endpoints: [{ ...badSlice.endpoints[0], conditions: { ready: false } }] }],
    ['its Service', 422, { metadata: { labels: { 'kubernetes.io/service-name': 'another' } } }],
    ['its manager', 422, { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'nobody' } } }],
    ['its empty headless label', 422, { metadata: { labels: { 'service.kubernetes.io/headless': null } } }],
    ['its owners', 422, { metadata: { ownerReferences: null } }],
    ['its ports for good ones', 200, { ports }],
  ])('an update of %s of an old slice: %i', async (_, wanted, patch) => {
    const name = freshName('slice');
    const ownerReferences = [await someOwner(name)]; // one that is there, or the garbage collector takes the slice
    const slices = path(namespace, 'endpointslices', undefined, discovery);
    const stored = await api().post(
      slices,
      { ...badSlice, metadata: { ...badSlice.metadata, name, ownerReferences } },
      { as: controller },
    );
    expect(stored.status, stored.text).toBe(201);
    const { status, text } = await api().patch(`${slices}/${name}?dryRun=All`, patch, { as: tenant });
    expect(status, text).toBe(wanted);
    if (wanted === 422) expect(text).toContain('[endpoints-webhook: port-range]');
  });

  test('a rule that warns refuses nothing, and warns the user', async () => {
    const { status, warnings } = await create('Endpoints', withTarget({ fieldPath: 'spec..containers' }));
    expect(status).toBe(201);
    expect(warnings.join('\n')).toMatch(/spec\.\.containers.* is not a field access statement.*target-field-path\]/);
  });

  test('a value that could harm a terminal is not shown', async () => {
    for (const resourceVersion of ['\u001b[31m1\n', '##vso[task.complete]']) {
      const { status, text } = await create('Endpoints', withTarget({ resourceVersion }));
      expect(status).toBe(422);
      expect(text).toContain('the value must not be set');
    }
  });

  test('an object that is too large to be evaluated is refused', async () => {
    const addresses = Array.from({ length: 10_001 }, (_, i) => ipv4(i + 1));
    const { status, text } = await create('Endpoints', {
      metadata: { name: 'large' },
      subsets: [{ addresses, ports }],
    });
    expect([status, text]).toEqual([422, expect.stringContaining('more than an API server can judge in time')]);
  });

  test('the largest objects are evaluated within CEL’s budget', async () => {
    const seen = [];
    for (const [what, kind, object] of sizes()) {
      const began = performance.now();
      const answer = await create(kind, object);
      expect(answer.status, `${what}: ${answer.text.slice(0, 2000)}`).toBe(201);
      seen.push(`| ${what} | ${Math.round(performance.now() - began)} ms |`);
    }
    note(
      'admission-policies',
      [
        '\nWhat the ValidatingAdmissionPolicies of the default policy allow:\n',
        '| object | answer after |',
        '| --- | --- |',
        ...seen,
      ].join('\n'),
    );
  });
});

async function someOwner(name: string) {
  const { body, text } = await api().post(path(namespace, 'configmaps'), { metadata: { name } });
  expect(body.metadata?.uid, text).toBeDefined();
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: body.metadata?.uid };
}

const badSlice = {
  metadata: {
    labels: {
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'e2e',
      'service.kubernetes.io/headless': '',
    },
  },
  addressType: 'IPv6',
  endpoints: [{ addresses: ['2001:db8::1'] }],
  ports: [{ port: 70_000 }],
};

function withTarget(targetRef: object) {
  return {
    metadata: { name: 'target' },
    subsets: [{ addresses: [{ ip: '10.1.2.3', targetRef }], ports: [{ port: 80 }] }],
  };
}

const ipv4 = (i: number) => ({ ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
const ipv6 = (i: number) => ({ ip: `2001:db8:1:2:3:4:${(i >> 16).toString(16)}:${((i & 0xffff) + 1).toString(16)}` });

/** Large, and good. */
function sizes(): readonly (readonly [string, Kind, object])[] {
  const list = (count: number, make: (i: number) => object) => Array.from({ length: count }, (_, i) => make(i + 1));
  const endpoints = (subset: object) => ({ metadata: { name: 'large' }, subsets: [{ ...subset, ports }] });
  const slice = (addressType: string, count: number, each: number, make: (i: number) => { ip: string }) => ({
    metadata: { name: 'large' },
    addressType,
    endpoints: list(count, (i) => ({
      addresses: list(each, (j) => make(i * each + j)).map((one) => (one as { ip: string }).ip),
    })),
    ports,
  });
  return [
    ['Endpoints, 10,000 IPv4 addresses', 'Endpoints', endpoints({ addresses: list(10_000, ipv4) })],
    ['Endpoints, 10,000 IPv6 addresses', 'Endpoints', endpoints({ addresses: list(10_000, ipv6) })],
    [
      'Endpoints, 5,000 ready and 5,000 not ready',
      'Endpoints',
      endpoints({ addresses: list(5_000, ipv4), notReadyAddresses: list(5_000, (i) => ipv4(i + 5_000)) }),
    ],
    ['EndpointSlice, 1,000 endpoints of 1 IPv4 address', 'EndpointSlice', slice('IPv4', 1_000, 1, ipv4)],
    ['EndpointSlice, 1,000 endpoints of 1 IPv6 address', 'EndpointSlice', slice('IPv6', 1_000, 1, ipv6)],
    ['EndpointSlice, 1,000 endpoints of 100 IPv4 addresses', 'EndpointSlice', slice('IPv4', 1_000, 100, ipv4)],
  ];
}

describe('the ValidatingAdmissionPolicies of a policy with RBAC exemptions, exemptions and namespaces', () => {
  const exempt: As = { user: 'operator', groups: ['operators'] };
  let applied: Applied;
  let other: string;

  beforeAll(async () => {
    other = await policyNamespace('policies-other');
    await grant(namespace, 'operators', ['endpoints/restricted', 'endpointslices/restricted'], ['create']);
    applied = await applyAdmissionPolicies(policyOf(other));
  });
  afterAll(() => applied?.remove());

  const forbidden = {
    metadata: { name: 'forbidden' },
    subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 6443 }] }],
  };
  const slice = {
    metadata: { generateName: 'forbidden-' },
    addressType: 'FQDN',
    endpoints: [{ addresses: ['db.example'] }],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  };

  test.for([
    ['a tenant', 'Endpoints', forbidden, tenant, 'forbidden-network'],
    ['a tenant', 'EndpointSlice', slice, tenant, 'fqdn-address'],
    ['who may create the restricted subresource', 'Endpoints', forbidden, exempt, undefined],
    ['who may create the restricted subresource', 'EndpointSlice', slice, exempt, undefined],
    [
      'who may create the restricted subresource, and breaks another rule',
      'Endpoints',
      { ...forbidden, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80, protocol: 'SCTP' }] }] },
      exempt,
      'protocol',
    ],
    ['an exempt user', 'Endpoints', forbidden, { ...tenant, user: 'ci:deployer' }, 'forbidden-port'],
    ['an exempt group', 'Endpoints', forbidden, { user: 'someone', groups: ['team-net'] }, undefined],
  ] as const)('%s, %s', async ([_, kind, object, as, rule], { skip }) => {
    const reason = rule && reasonOf([rule]);
    skip(reason !== undefined, reason);
    const answer = await create(kind, object, { as });
    const refusal = refusalBy(applied.name, answer);
    if (rule === undefined) expect(answer.status, answer.text).toBe(201);
    else expect(refusal).toContain(`[endpoints-webhook: ${rule}]`);
  });

  const networks = needs(!unsayable.has('forbidden-network'), reasonOf(['forbidden-network']) ?? '');
  test('settings of a namespace hold there', networks, async () => {
    const allowed = await create(
      'Endpoints',
      { ...forbidden, subsets: goodEndpoints('', '10.1.2.3').subsets },
      { where: other },
    );
    expect(allowed.status, allowed.text).toBe(201);
    const refused = await create(
      'Endpoints',
      { ...forbidden, subsets: goodEndpoints('', '192.0.2.1').subsets },
      { where: other },
    );
    expect(refusalBy(applied.name, refused)).toContain('"192.0.2.1" is inside the forbidden network 192.0.2.0/24');
  });
});

function policyOf(other: string): Policy {
  const { policy } = parsePolicy({
    apiVersion: 'endpoints-webhook.io/v1alpha1',
    kind: 'Policy',
    rules: {
      'forbidden-network': { networks: ['10.0.0.0/8'] },
      'forbidden-port': { presets: ['control-plane'] },
    },
    namespaces: [{ match: [`*${other.slice(3)}`], rules: { 'forbidden-network': { networks: ['192.0.2.0/24'] } } }],
    exempt: [
      { users: ['ci:*'], rules: ['forbidden-network'] },
      { groups: ['t*m-net'], namespaces: ['*'] },
    ],
  });
  if (!policy) throw new Error('the policy of this test is refused');
  return policy;
}

test('in audit mode nothing is refused, and nobody is warned', () => {
  const { policy } = parsePolicy({ apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy', mode: 'audit' });
  const actions = policy && actionsOf(policy);
  expect(actions).toEqual(['Audit', 'Audit', 'Audit']);
});

function actionsOf(policy: Policy) {
  const { objects } = generatePolicies(policy, {
    name: freshName('policies'),
    minor: 33,
    leaveOut: [],
    exemptNamespaces: [],
    exemptUsers: [],
    annotations: {},
  });
  return objects?.flatMap((object) =>
    'kind' in object && object.kind === 'ValidatingAdmissionPolicyBinding'
      ? fieldsOf(fieldsOf(object).spec).validationActions
      : [],
  );
}
