import { tenant } from './names.ts';
import { badEndpoints, goodEndpoints } from './objects.ts';
import type { Situation } from './situation.ts';

const bad = badEndpoints('');
const good = goodEndpoints('');
const lock = { apiVersion: 'v1', kind: 'Endpoints', metadata: { annotations: { 'example.com/lock': 'a' } } };
const skip = 'endpointslice.kubernetes.io/skip-mirror';
const leader = 'control-plane.alpha.kubernetes.io/leader';

/** An object that breaks a rule, as it might stand there since before the webhook, with metadata. */
const old = (metadata: object = {}) => ({ ...bad, metadata });
const labels = (one: Readonly<Record<string, string | null>>) => ({ metadata: { labels: one } });
const annotations = (one: Readonly<Record<string, string | null>>) => ({ metadata: { annotations: one } });
const create = { kind: 'Endpoints', as: tenant, called: true } as const;
const update = { kind: 'Endpoints', as: tenant, before: old() } as const;

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
  { title: 'a merge patch with the same subsets', ...update, called: false, body: { subsets: bad.subsets } },
  { title: 'a lock renewed', ...update, before: lock, called: false, body: annotations({ 'example.com/lock': 'b' }) },
  {
    title: 'a leader replaced',
    ...update,
    before: old({ annotations: { [leader]: 'a' } }),
    called: false,
    body: annotations({ [leader]: 'b' }),
  },
];

/** Of no rule's interest, but somebody acts on each: load balancer controllers register the pod of a targetRef. */
const memberChanges: readonly (readonly [string, object, object])[] = [
  ['a target added', { targetRef: { kind: 'Pod', name: 'web', namespace: 'shop', uid: 'a' } }, {}],
  ['a node name added', { nodeName: 'node' }, {}],
  ['a hostname added', { hostname: 'web' }, {}],
  ['an application protocol added', {}, { appProtocol: 'kubernetes.io/h2c' }],
  ['the name of a port changed', {}, { name: 'web' }],
];

const changed: readonly Situation[] = [
  {
    title: 'an owner added',
    ...update,
    called: true,
    body: { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid: '1' }] } },
  },
  ...memberChanges.map(([title, address, port]) => ({
    ...update,
    title,
    called: true,
    body: { subsets: withMembers(address, port) },
  })),
  {
    title: 'an application protocol changed',
    ...update,
    before: { ...old(), subsets: withMembers({}, { appProtocol: 'http' }) },
    called: true,
    body: { subsets: withMembers({}, { appProtocol: 'https' }) },
  },
  {
    title: 'a target removed',
    ...update,
    before: { ...old(), subsets: withMembers({ targetRef: { kind: 'Pod', name: 'web' } }, {}) },
    called: true,
    body: { subsets: bad.subsets },
  },
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
    title: 'the empty headless label removed, which the mirroring controller copies',
    ...update,
    before: old({ labels: { 'service.kubernetes.io/headless': '' } }),
    called: true,
    body: labels({ 'service.kubernetes.io/headless': null }),
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

function withMembers(address: object, port: object) {
  return bad.subsets.map(({ addresses, ports }) => ({
    addresses: addresses.map((one) => ({ ...one, ...address })),
    ports: ports.map((one) => ({ ...one, ...port })),
  }));
}

export const endpointsSituations: readonly Situation[] = [...creations, ...unchanged, ...changed];
