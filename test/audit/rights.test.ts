import { expect, test } from 'vitest';
import { rightsOf, rightText } from '../../src/audit/rights.ts';

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]) => ({
  ...{ apiGroups, resources, verbs },
  ...(resourceNames && { resourceNames }),
});
const discovery = 'discovery.k8s.io';

// What the API server's RBAC authorizer does with each, as pkg/apis/rbac/v1/evaluation_helpers.go reads.
test.each([
  [
    'cluster-admin',
    [rule(['*'], ['*'], ['*'])],
    [
      ...['endpoints: *', 'endpoints/restricted: create', 'endpointslices: *', 'endpointslices/restricted: create'],
      ...['services/status: *', 'services/restricted: create'],
    ],
  ],
  [
    'edit before 1.22',
    [rule([''], ['configmaps', 'endpoints'], ['create', 'delete', 'patch', 'update'])],
    ['endpoints: create, update, patch'],
  ],
  [
    'the endpoint controller',
    [
      rule([''], ['endpoints'], ['create', 'delete', 'get', 'list', 'update']),
      rule([''], ['endpoints/restricted'], ['create']),
    ],
    ['endpoints: create, update', 'endpoints/restricted: create'],
  ],
  [
    'both groups in one rule',
    [rule(['', discovery], ['endpoints', 'endpointslices'], ['patch'])],
    ['endpoints: patch', 'endpointslices: patch'],
  ],
  [
    'the right resource of the wrong group',
    [rule([discovery], ['endpoints'], ['*']), rule(['apps', ''], ['endpointslices'], ['*'])],
    [],
  ],
  ['reading', [rule(['', discovery], ['endpoints', 'endpointslices'], ['get', 'list', 'watch', 'delete'])], []],
  ['the verb "edit", which is none', [rule([''], ['endpoints'], ['edit'])], []],
  [
    '* as resource means subresources too',
    [rule([''], ['*'], ['create'])],
    ['endpoints: create', 'endpoints/restricted: create', 'services/restricted: create'],
  ],
  ['* as resource, without create', [rule([''], ['*'], ['patch'])], ['endpoints: patch', 'services/status: patch']],
  [
    '*/restricted',
    [rule(['', discovery], ['*/restricted'], ['create'])],
    ['endpoints/restricted: create', 'endpointslices/restricted: create', 'services/restricted: create'],
  ],
  [
    'a cloud controller',
    [rule([''], ['services', 'services/status'], ['list', 'patch', 'update', 'watch'])],
    ['services/status: update, patch'],
  ],
  ['*/status', [rule([''], ['*/status'], ['create', 'patch'])], ['services/status: patch']],
  ['a status cannot be created', [rule([''], ['services/status'], ['create'])], []],
  ['Services without their status', [rule([''], ['services', 'services/*'], ['*'])], []],
  ['endpoints/* is a name like any other', [rule([''], ['endpoints/*'], ['*'])], []],
  ['*/* is a name like any other', [rule(['*'], ['*/*'], ['*'])], []],
  ['the resource is not its subresource', [rule([''], ['endpoints'], ['create'])], ['endpoints: create']],
  [
    'the subresource is not its resource',
    [rule([''], ['endpoints/restricted'], ['*'])],
    ['endpoints/restricted: create'],
  ],
  ['updating restricted RBAC exemptions nobody', [rule([''], ['endpoints/restricted'], ['update', 'patch'])], []],
  [
    'Patroni',
    [rule([''], ['endpoints'], ['patch', 'update'], ['db', 'db-config'])],
    ['endpoints: update, patch (only db, db-config)'],
  ],
  ['many names', [rule([''], ['endpoints'], ['patch'], [...'abcdefg'])], ['endpoints: patch (only a, b, c, d, e, …)']],
  [
    'several rules for the same are one right',
    [rule([''], ['endpoints'], ['patch']), rule([''], ['endpoints'], ['create'])],
    ['endpoints: create, patch'],
  ],
  [
    'but not for other names',
    [rule([''], ['endpoints'], ['patch'], ['a']), rule([''], ['endpoints'], ['patch'])],
    ['endpoints: patch (only a)', 'endpoints: patch'],
  ],
  ['nothing', [], []],
  ['no rules', undefined, []],
  ['URLs', [{ nonResourceURLs: ['*'], verbs: ['*'] }], []],
  [
    'not rules',
    ['x', null, 7, { apiGroups: '*', resources: '*', verbs: '*' }, { verbs: [null], resources: [{}], apiGroups: [7] }],
    [],
  ],
])('%s', (_, rules, expected) => expect(rightsOf(rules).map(rightText)).toEqual(expected));
