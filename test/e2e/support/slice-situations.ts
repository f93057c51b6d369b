import { serviceLabels } from '../../support/serving-keys.ts';
import { tenant } from './names.ts';
import { badSlice, goodSlice } from './objects.ts';
import type { Situation } from './situation.ts';

const bad = badSlice('');
const good = goodSlice('');
const { endpoints: _, ...empty } = good;

/** Of a kind that the cluster does not know: the garbage collector deletes what has an owner that it can tell is gone. */
const owner = (name: string) => ({ apiVersion: 'example.com/v1', kind: 'Owner', name, uid: name });

const create = { kind: 'EndpointSlice', as: tenant, called: true } as const;
const update = { kind: 'EndpointSlice', as: tenant, called: true, before: bad } as const;
const allowed = { called: true, verdict: 'allowed' } as const;
const ssa = { method: 'PATCH', type: 'application/apply-patch+yaml' } as const;

const creations: readonly Situation[] = [
  { ...create, title: 'created with generateName', body: { ...bad, metadata: { generateName: 'made-' } } },
  { ...create, ...allowed, title: 'created without endpoints', body: empty },
  { ...create, ...allowed, title: 'created with empty endpoints', body: { ...good, endpoints: [] } },
  { ...create, ...allowed, title: 'created with null endpoints', body: { ...good, endpoints: null } },
  {
    ...create,
    ...allowed,
    title: 'created with null endpoints and null ports, as controllers do',
    body: { ...good, endpoints: null, ports: null },
  },
  { ...create, title: 'created without endpoints, with a bad port', body: { ...bad, endpoints: null } },
  { ...create, ...ssa, title: 'created by server-side apply', body: bad },
];

const unchanged: readonly Situation[] = [
  {
    ...update,
    called: false,
    title: 'a merge patch with the same endpoints and ports',
    body: { endpoints: bad.endpoints, ports: bad.ports },
  },
  {
    ...update,
    called: false,
    title: 'a label added where endpoints and ports are null',
    before: { ...good, endpoints: null, ports: null },
    body: { metadata: { labels: { app: 'web' } } },
  },
  ...serviceLabels.map((label) => ({
    ...update,
    called: false,
    title: `${label} written as it is, empty`,
    before: { ...bad, metadata: { labels: { [label]: '' } } },
    body: { metadata: { labels: { [label]: '', app: 'web' } } },
  })),
  {
    ...update,
    called: false,
    title: 'owners written as they are',
    before: { ...bad, metadata: { ownerReferences: [owner('a')] } },
    body: { metadata: { ownerReferences: [owner('a')], labels: { app: 'web' } } },
  },
];

/** Conditions say who gets traffic; the rest of an endpoint counts as well. */
const endpointChanges: readonly (readonly [string, object])[] = [
  ['an address changed', { addresses: ['10.1.2.4'] }],
  ['an address added', { addresses: ['10.1.2.3', '10.1.2.4'] }],
  ['ready set to false', { conditions: { ready: false } }],
  ['serving set to true', { conditions: { serving: true } }],
  ['terminating set to true', { conditions: { terminating: true } }],
  ['a hostname added', { hostname: 'web' }],
  ['a node named', { nodeName: 'node' }],
  ['a zone named', { zone: 'a' }],
  ['a target named', { targetRef: { kind: 'Pod', name: 'web' } }],
];

const changed: readonly Situation[] = [
  ...endpointChanges.map(([title, change]) => ({
    ...update,
    title,
    body: { endpoints: [{ addresses: ['10.1.2.3'], ...change }] },
  })),
  { ...update, title: 'an endpoint added', body: { endpoints: [...bad.endpoints, { addresses: ['10.1.2.4'] }] } },
  { ...update, title: 'a port changed', before: good, body: { ports: bad.ports } },
  {
    ...update,
    title: 'an application protocol added',
    body: { ports: bad.ports.map((port) => ({ ...port, appProtocol: 'kubernetes.io/h2c' })) },
  },
  {
    ...update,
    title: 'a port changed by JSON patch',
    before: good,
    type: 'application/json-patch+json',
    body: [{ op: 'replace', path: '/ports/0/port', value: 70000 }],
  },
  {
    ...update,
    title: 'a port changed by strategic merge patch',
    before: good,
    type: 'application/strategic-merge-patch+json',
    body: { ports: bad.ports },
  },
  {
    ...update,
    ...ssa,
    title: 'an address changed by server-side apply',
    before: good,
    body: { ...bad, endpoints: [{ addresses: ['10.9.9.9'] }] },
  },
  { ...update, title: 'a port put in place of null', before: { ...good, ports: null }, body: { ports: bad.ports } },
  {
    ...update,
    title: 'endpoints put into a slice without any',
    before: { ...bad, endpoints: null },
    body: { endpoints: bad.endpoints },
  },
  { ...update, ...allowed, title: 'endpoints and ports taken out', body: { endpoints: null, ports: null } },
  {
    ...update,
    title: 'an address changed while it is deleted',
    deleting: true,
    body: { endpoints: [{ addresses: ['10.9.9.9'] }] },
  },
  { ...update, title: 'a port changed while it is deleted', deleting: true, before: good, body: { ports: bad.ports } },
  {
    ...update,
    title: 'a label that puts it into service added while it is deleted',
    deleting: true,
    body: labels({ 'kubernetes.io/service-name': 'web' }),
  },
  {
    ...update,
    ...allowed,
    title: 'a tenant’s good change',
    before: good,
    body: { endpoints: [{ addresses: ['10.1.2.9'] }] },
  },
];

/** Every way in which a label can change, an empty one being another thing than none. */
const labelChanges: readonly (readonly [string, string | null, string | null])[] = [
  ['added', null, 'a'],
  ['added, empty', null, ''],
  ['changed', 'a', 'b'],
  ['emptied', 'a', ''],
  ['filled', '', 'a'],
  ['removed', 'a', null],
  ['removed, which was empty', '', null],
];

const intoService: readonly Situation[] = [
  ...serviceLabels.flatMap((label) =>
    labelChanges.map(([how, before, after]) => ({
      ...update,
      title: `${label} ${how}`,
      before: before === null ? bad : { ...bad, ...labels({ [label]: before }) },
      body: labels({ [label]: after }),
    })),
  ),
  { ...update, title: 'an owner added', body: owners('a') },
  { ...update, title: 'an owner replaced', before: { ...bad, ...owners('a') }, body: owners('b') },
  { ...update, title: 'a second owner added', before: { ...bad, ...owners('a') }, body: owners('a', 'b') },
  { ...update, title: 'owners removed', before: { ...bad, ...owners('a') }, body: owners() },
];

function labels(one: Readonly<Record<string, string | null>>) {
  return { metadata: { labels: one } };
}

function owners(...names: readonly string[]) {
  return { metadata: { ownerReferences: names.length === 0 ? null : names.map(owner) } };
}

export const sliceSituations: readonly Situation[] = [...creations, ...unchanged, ...changed, ...intoService];
