import type { As } from './api.ts';
import { tenant } from './names.ts';
import { badEndpoints, goodEndpoints } from './objects.ts';
import type { Situation } from './situation.ts';

const bad = badEndpoints('');
const good = goodEndpoints('');
const lock = { apiVersion: 'v1', kind: 'Endpoints', metadata: { annotations: { 'example.com/lock': 'a' } } };
const admin: As = { user: 'admin', groups: ['system:masters'] };
const masters = (user: string): As => ({ user, groups: ['system:masters'] });
const skip = 'endpointslice.kubernetes.io/skip-mirror';
const leader = 'control-plane.alpha.kubernetes.io/leader';

const exempt = [
  'system:apiserver',
  'system:kube-controller-manager',
  ...['endpoint', 'endpointslice', 'endpointslicemirroring'].map(
    (name) => `system:serviceaccount:kube-system:${name}-controller`,
  ),
  'system:serviceaccount:kube-system:generic-garbage-collector',
];

/** An object that breaks a rule, as it might stand there since before the webhook, with metadata. */
const old = (metadata: object = {}) => ({ ...bad, metadata });
const labels = (one: Readonly<Record<string, string | null>>) => ({ metadata: { labels: one } });
const annotations = (one: Readonly<Record<string, string | null>>) => ({ metadata: { annotations: one } });
const create = { as: tenant, called: true } as const;
const update = { as: tenant, before: old() } as const;

const identities: readonly Situation[] = [
  ...exempt.map((user) => ({ title: `${user} creates`, as: masters(user), called: false, body: bad })),
  ...exempt.map((user) => ({
    title: `${user} changes addresses`,
    as: masters(user),
    called: false,
    before: good,
    body: { subsets: bad.subsets },
  })),
  { title: 'a tenant creates', ...create, body: bad },
  { title: 'a cluster administrator creates', ...create, as: admin, body: bad },
  {
    title: 'another account of kube-system creates',
    ...create,
    as: masters('system:serviceaccount:kube-system:default'),
    body: bad,
  },
  {
    title: 'an account that only sounds like a controller creates',
    ...create,
    as: masters('system:serviceaccount:shop:endpoint-controller'),
    body: bad,
  },
];

const places: readonly Situation[] = [
  { title: 'in kube-system', as: admin, called: false, namespace: 'kube-system', body: bad },
  { title: 'in default', as: admin, called: true, namespace: 'default', body: bad },
];

const creations: readonly Situation[] = [
  { title: 'created with generateName', ...create, body: { ...bad, metadata: { generateName: 'made-' } } },
  { title: 'created without subsets', ...create, body: lock },
  { title: 'created with empty subsets', ...create, body: { ...lock, subsets: [] } },
  { title: 'created with null subsets', ...create, body: { ...lock, subsets: null } },
  { title: 'created by PUT', ...create, method: 'PUT', body: bad },
  {
    title: 'created by server-side apply',
    ...create,
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    body: bad,
  },
];

const unchanged: readonly Situation[] = [
  { title: 'a label added', ...update, called: false, body: labels({ app: 'web' }) },
  {
    title: 'a label removed',
    ...update,
    before: old({ labels: { app: 'web' } }),
    called: false,
    body: labels({ app: null }),
  },
  { title: 'an annotation added', ...update, called: false, body: annotations({ 'example.com/a': 'b' }) },
  {
    title: 'an owner added',
    ...update,
    called: false,
    body: { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: '1' }] } },
  },
  { title: 'a finalizer added', ...update, called: false, body: { metadata: { finalizers: ['example.com/keep'] } } },
  { title: 'put as it is', ...update, called: false, method: 'PUT', body: bad },
  { title: 'a merge patch with the same subsets', ...update, called: false, body: { subsets: bad.subsets } },
  { title: 'a lock renewed', ...update, before: lock, called: false, body: annotations({ 'example.com/lock': 'b' }) },
  {
    title: 'a leader replaced',
    ...update,
    before: old({ annotations: { [leader]: 'a' } }),
    called: false,
    body: annotations({ [leader]: 'b' }),
  },
  {
    title: 'a finalizer removed while it is deleted',
    ...update,
    deleting: true,
    called: false,
    body: { metadata: { finalizers: null } },
  },
  { title: 'deleted', ...update, called: false, method: 'DELETE', body: undefined },
];

const changed: readonly Situation[] = [
  {
    title: 'an address added',
    ...update,
    called: true,
    body: { subsets: [{ ...bad.subsets[0], addresses: [{ ip: '10.1.2.3' }, { ip: '10.1.2.4' }] }] },
  },
  { title: 'a port changed', ...update, before: good, called: true, body: { subsets: bad.subsets } },
  {
    title: 'a port changed by JSON patch',
    ...update,
    before: good,
    called: true,
    type: 'application/json-patch+json',
    body: [{ op: 'replace', path: '/subsets/0/ports/0/protocol', value: 'SCTP' }],
  },
  {
    title: 'a port changed by server-side apply',
    ...update,
    before: good,
    called: true,
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: bad.subsets[0]?.ports }],
    },
  },
  { title: 'subsets put into a lock', ...update, before: lock, called: true, body: { subsets: bad.subsets } },
  { title: 'subsets taken out', ...update, called: true, verdict: 'allowed', body: { subsets: null } },
  {
    title: 'subsets changed while it is deleted',
    ...update,
    deleting: true,
    before: good,
    called: true,
    body: { subsets: bad.subsets },
  },
  {
    title: 'the skip-mirror label removed',
    ...update,
    before: old({ labels: { [skip]: 'true' } }),
    called: true,
    body: labels({ [skip]: null }),
  },
  {
    title: 'the skip-mirror label set to false',
    ...update,
    before: old({ labels: { [skip]: 'true' } }),
    called: true,
    body: labels({ [skip]: 'false' }),
  },
  {
    title: 'the leader annotation removed',
    ...update,
    before: old({ annotations: { [leader]: 'a' } }),
    called: true,
    body: annotations({ [leader]: null }),
  },
  {
    title: 'a tenant’s good change',
    ...update,
    before: good,
    called: true,
    verdict: 'allowed',
    body: { subsets: goodEndpoints('', '10.1.2.9').subsets },
  },
];

export const situations: readonly Situation[] = [...identities, ...places, ...creations, ...unchanged, ...changed];
