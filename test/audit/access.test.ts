import { describe, expect, test } from 'vitest';
import { addBinding, grantsOf, type Holders, uncountedText } from '../../src/audit/access.ts';
import { addRole, type Roles, selectorText, selects } from '../../src/audit/roles.ts';
import type { Wildcards } from '../../src/policy/policy.ts';

const rules = [{ apiGroups: [''], resources: ['endpoints'], verbs: ['create'] }];
const role = (name: string, more: object = {}) => ({ metadata: { name, ...more }, rules });
const binding = (name: string, kind: string, of: string, subjects: unknown, namespace?: string) => ({
  metadata: { name, namespace },
  roleRef: { kind, name: of },
  subjects,
});

function access(fill: (roles: Roles, holders: Holders) => void, wildcards: Wildcards = 'count') {
  const roles: Roles = new Map();
  const holders: Holders = new Map();
  fill(roles, holders);
  return grantsOf(roles, holders, wildcards);
}

const who = (subject: object) => {
  const [grant] = access((roles, holders) => {
    addRole(roles, 'ClusterRole', role('w'));
    addBinding(holders, 'ClusterRoleBinding', binding('b', 'ClusterRole', 'w', [subject]), roles);
  });
  return grant?.holders[0];
};

test.each([
  ['User', 'alice', undefined, 'other'],
  ['User', 'system:kube-controller-manager', undefined, 'system'],
  ['User', 'system:kube-controller-manager2', undefined, 'other'],
  ['User', 'system:controller:mine', undefined, 'other'],
  ['User', 'system:anonymous', undefined, 'everyone'],
  ['Group', 'system:masters', undefined, 'system'],
  ['Group', 'system:apiserver', undefined, 'other'],
  ['Group', 'system:authenticated', undefined, 'everyone'],
  ['Group', 'system:serviceaccounts', undefined, 'everyone'],
  ['Group', 'system:serviceaccounts:kube-system', undefined, 'system'],
  ['Group', 'system:serviceaccounts:shop', undefined, 'other'],
  ['ServiceAccount', 'endpoint-controller', 'kube-system', 'system'],
  ['ServiceAccount', 'endpoint-controller', 'shop', 'other'],
  ['ServiceAccount', 'system:masters', undefined, 'other'],
])('%s %s of %s is %s', (kind, name, namespace, expected) => {
  expect(who({ kind, name, namespace })?.who).toBe(expected);
});

test('a service account that is written as a user is one', () => {
  expect(who({ kind: 'User', name: 'system:serviceaccount:shop:web' })).toMatchObject({
    ...{ kind: 'ServiceAccount', namespace: 'shop', name: 'web', who: 'other' },
  });
  expect(who({ kind: 'User', name: 'system:serviceaccount:kube-system:x' })?.who).toBe('system');
});

describe('bindings', () => {
  test('of a ClusterRole grant in their namespace, or everywhere; of a Role in its own', () => {
    const grants = access((roles, holders) => {
      addRole(roles, 'ClusterRole', role('w'));
      addRole(roles, 'Role', role('w', { namespace: 'a' }));
      addRole(roles, 'ClusterRole', { metadata: { name: 'reader' }, rules: [{ ...rules[0], verbs: ['get'] }] });
      const alice = [{ kind: 'User', name: 'alice' }];
      addBinding(holders, 'ClusterRoleBinding', binding('all', 'ClusterRole', 'w', alice), roles);
      addBinding(holders, 'RoleBinding', binding('in-b', 'ClusterRole', 'w', alice, 'b'), roles);
      addBinding(holders, 'RoleBinding', binding('in-a', 'Role', 'w', alice, 'a'), roles);
      addBinding(holders, 'RoleBinding', binding('not-in-b', 'Role', 'w', alice, 'b'), roles);
      addBinding(holders, 'RoleBinding', binding('reads', 'ClusterRole', 'reader', alice, 'b'), roles);
      addBinding(holders, 'RoleBinding', binding('nobody', 'Role', 'w', undefined, 'a'), roles);
    });
    expect(
      grants.map(({ kind, holders }) => [kind, ...holders.map((one) => `${one.binding} in ${one.scope}`)]),
    ).toEqual([
      ['ClusterRole', 'ClusterRoleBinding all in undefined', 'RoleBinding in-b in b'],
      ['Role', 'RoleBinding in-a in a'],
    ]);
  });

  test('put people before those whom nobody has, and these before parts of the cluster', () => {
    const grants = access((roles, holders) => {
      for (const name of ['system', 'nobody', 'people', 'everyone']) addRole(roles, 'ClusterRole', role(name));
      const bind = (name: string, ...names: string[]) =>
        addBinding(
          holders,
          'ClusterRoleBinding',
          binding(
            name,
            'ClusterRole',
            name,
            names.map((one) => ({ kind: 'Group', name: one })),
          ),
          roles,
        );
      bind('system', 'system:masters');
      bind('people', 'system:masters', 'team');
      bind('everyone', 'system:authenticated');
    });
    expect(grants.map(({ name }) => name)).toEqual(['everyone', 'people', 'nobody', 'system']);
    expect(grants[1]?.holders.map(({ name }) => name)).toEqual(['team', 'system:masters']);
  });
});

test('aggregation names the labels, and those roles that grant something', () => {
  const toEdit = { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' };
  const grants = access((roles) => {
    addRole(roles, 'ClusterRole', {
      ...role('edit'),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: toEdit }] },
    });
    addRole(roles, 'ClusterRole', role('crd', { labels: toEdit }));
    addRole(roles, 'ClusterRole', role('other', { labels: { a: 'b' } }));
    addRole(roles, 'Role', role('crd2', { namespace: 'a', labels: toEdit }));
  });
  const edit = grants.find(({ name }) => name === 'edit');
  expect(edit?.aggregates).toEqual([{ labels: 'rbac.authorization.k8s.io/aggregate-to-edit=true', from: ['crd'] }]);
});

test.each([
  [{}, {}, true],
  [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  [{ matchLabels: { a: '1' } }, { a: '2' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '2' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1'] }] }, {}, false],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, { a: '1' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: '' }, true],
  [{ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, {}, false],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { a: '' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }, { a: '' }, false],
])('%j selects %j: %s', (selector, labels, expected) => expect(selects(selector, labels)).toBe(expected));

test('a selector in words', () => {
  const expressions = [
    { key: 'b', operator: 'In', values: ['1', '2'] },
    { key: 'c', operator: 'Exists' },
  ];
  expect(selectorText({ matchLabels: { a: '1' }, matchExpressions: expressions })).toBe('a=1, b In (1, 2), c Exists');
  expect(selectorText(null)).toBe('everything');
});

describe('what only * grants', () => {
  const all = [{ apiGroups: ['', 'discovery.k8s.io'], resources: ['*'], verbs: ['*'] }];
  const named = [{ apiGroups: [''], resources: ['endpoints/restricted', '*/restricted'], verbs: ['create'] }];
  const one = [{ ...all[0], resourceNames: ['web'] }];
  const notes = (wildcards: Wildcards) =>
    access((roles, holders) => {
      for (const [name, granted] of Object.entries({ all, named, one, both: [...all, ...named] }))
        addRole(roles, 'ClusterRole', { metadata: { name }, rules: granted });
      for (const name of ['all', 'named', 'one', 'both'])
        for (const namespace of [undefined, 'shop']) {
          const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
          const subjects = [{ kind: 'User', name: 'alice' }];
          addBinding(holders, kind, binding(name, 'ClusterRole', name, subjects, namespace), roles);
        }
    }, wildcards).map(({ name, holders }) => [name, ...holders.map((holder) => uncountedText(holder) !== '')]);

  test.each<[Wildcards, unknown[]]>([
    [
      'count',
      [
        ['all', false, false],
        ['named', false, false],
        ['one', false, false],
        ['both', false, false],
      ],
    ],
    [
      'cluster',
      [
        ['all', false, true],
        ['named', false, false],
        ['one', true, true],
        ['both', false, true],
      ],
    ],
    [
      'never',
      [
        ['all', true, true],
        ['named', false, false],
        ['one', true, true],
        ['both', true, true],
      ],
    ],
  ])('wildcards %s: of each role, bound everywhere and in a namespace', (wildcards, expected) =>
    expect(notes(wildcards)).toEqual(expected),
  );
});
