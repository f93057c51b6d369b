import type { Attack, Content } from '../attack.ts';
import { endpoints, type JudgedKind, slices } from '../kinds.ts';

// An offending object from before the webhook, which no proxy looks at. The tenant touches nothing but what makes one look.

const serviceName = 'kubernetes.io/service-name';
const managedBy = 'endpointslice.kubernetes.io/managed-by';
const headless = 'service.kubernetes.io/headless';
const proxyName = 'service.kubernetes.io/service-proxy-name';
const multicluster = 'multicluster.kubernetes.io/service-name';
const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
const leader = 'control-plane.alpha.kubernetes.io/leader';
const mirroring = 'endpointslicemirroring-controller.k8s.io';

type Labels = Readonly<Record<string, string | null>>;

const subsets = {
  subsets: [{ addresses: [{ ip: 'TARGET' }], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
};
const list = { endpoints: [{ addresses: ['TARGET'], conditions: { ready: true } }] };

function putIntoService(
  kind: JudgedKind,
  title: string,
  labels: Labels,
  change: Labels,
  annotations: object = {},
): Attack {
  const content = kind === endpoints ? subsets : list;
  const before = { metadata: { labels, annotations }, ...content };
  return { title, kind, before, writes: [{ body: { metadata: { labels: change } } }], refused: 'by us' };
}

/** Slices that a Service of that name would use but for one thing. */
const slicesPutIntoService: readonly Attack[] = [
  putIntoService(slices, 'given the Service’s name', {}, { [serviceName]: 'NAME' }),
  putIntoService(slices, 'moved from another Service', { [serviceName]: 'other' }, { [serviceName]: 'NAME' }),
  putIntoService(slices, 'no longer headless', { [serviceName]: 'NAME', [headless]: '' }, { [headless]: null }),
  putIntoService(
    slices,
    'no longer headless, which it was with a value',
    { [serviceName]: 'NAME', [headless]: 'true' },
    { [headless]: null },
  ),
  putIntoService(
    slices,
    'no longer another proxy’s',
    { [serviceName]: 'NAME', [proxyName]: 'other' },
    { [proxyName]: null },
  ),
  putIntoService(
    slices,
    'no longer another proxy’s, which had no name',
    { [serviceName]: 'NAME', [proxyName]: '' },
    { [proxyName]: null },
  ),
  putIntoService(slices, 'exported to other clusters', {}, { [multicluster]: 'NAME' }),
  putIntoService(slices, 'taken out of a controller’s hands', { [managedBy]: mirroring }, { [managedBy]: null }),
  putIntoService(slices, 'given into a controller’s hands', {}, { [managedBy]: 'mine.example.com' }),
  putIntoService(slices, 'given a manager without a name', {}, { [managedBy]: '' }),
];

/** How one says the same to the API server. */
const ways: Readonly<Record<string, Attack['writes'][number]>> = {
  'by JSON patch': {
    type: 'application/json-patch+json',
    body: [{ op: 'add', path: '/metadata/labels', value: { [serviceName]: 'NAME' } }],
  },
  'by strategic merge patch': {
    type: 'application/strategic-merge-patch+json',
    body: { metadata: { labels: { [serviceName]: 'NAME' } } },
  },
  'by server-side apply': {
    type: 'application/apply-patch+yaml',
    query: '?fieldManager=tenant&force=true',
    body: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'NAME', labels: { [serviceName]: 'NAME' } },
    },
  },
  'by PUT': {
    method: 'PUT',
    body: {
      ...slices.object('NAME', ''),
      ...list,
      addressType: 'IPv4',
      metadata: { name: 'NAME', labels: { [serviceName]: 'NAME' } },
    },
  },
};

/** Of a kind that the cluster does not know: the garbage collector deletes what has an owner that it can tell is gone. */
const owner = {
  apiVersion: 'example.com/v1',
  kind: 'Owner',
  name: 'NAME',
  uid: 'a8e1cb1c-27a5-4a25-9ff0-5b5ea2d9c1a2',
};

/** Endpoints that the mirroring controller passes over, or mirrors into a slice that kube-proxy passes over: it copies labels. */
const endpointsPutIntoService: readonly Attack[] = [
  putIntoService(endpoints, 'no longer skipped', { [skipMirror]: 'true' }, { [skipMirror]: null }),
  putIntoService(endpoints, 'skipped, but in other letters', { [skipMirror]: 'true' }, { [skipMirror]: 'True' }),
  putIntoService(endpoints, 'skipped no more: false', { [skipMirror]: 'true' }, { [skipMirror]: 'false' }),
  putIntoService(endpoints, 'no longer headless', { [headless]: '' }, { [headless]: null }),
  putIntoService(
    endpoints,
    'no longer headless, which it was with a value',
    { [headless]: 'yes' },
    { [headless]: null },
  ),
  putIntoService(
    endpoints,
    'no longer another proxy’s',
    { [headless]: '', [proxyName]: 'other' },
    { [proxyName]: null },
  ),
  putIntoService(endpoints, 'exported to other clusters', { [headless]: '' }, { [multicluster]: 'NAME' }),
];

const unused = (metadata: Content = {}): Content => ({
  metadata: { labels: { [serviceName]: 'other' }, ...metadata },
  ...list,
});

export const unusedAttacks: readonly Attack[] = [
  ...slicesPutIntoService.map(withoutServiceName),
  ...Object.entries(ways).map(
    ([way, write]): Attack => ({
      title: `given the Service’s name ${way}`,
      kind: slices,
      before: unused(),
      writes: [write],
      refused: 'by us',
    }),
  ),
  ...endpointsPutIntoService,
  {
    title: 'no longer led',
    kind: endpoints,
    before: { metadata: { annotations: { [leader]: '{}' } }, ...subsets },
    writes: [{ body: { metadata: { annotations: { [leader]: null } } } }],
    refused: 'by us',
  },
  {
    title: 'no longer skipped, by JSON patch',
    kind: endpoints,
    before: { metadata: { labels: { [skipMirror]: 'true' } }, ...subsets },
    writes: [{ type: 'application/json-patch+json', body: [{ op: 'remove', path: '/metadata/labels' }] }],
    refused: 'by us',
  },
  {
    title: 'no longer skipped, by PUT without labels',
    kind: endpoints,
    before: { metadata: { labels: { [skipMirror]: 'true' } }, ...subsets },
    writes: [{ method: 'PUT', body: { ...endpoints.object('NAME', 'TARGET'), metadata: { name: 'NAME' } } }],
    refused: 'by us',
  },
  {
    title: 'its owner dropped',
    kind: slices,
    before: unused({ ownerReferences: [owner] }),
    writes: [{ body: { metadata: { ownerReferences: null } } }],
    refused: 'by us',
  },
  {
    title: 'given an owner',
    kind: slices,
    before: unused(),
    writes: [{ body: { metadata: { ownerReferences: [owner] } } }],
    refused: 'by us',
  },
  ...[{ ready: true }, { ready: null }, { ready: false, serving: true, terminating: true }].map(
    (conditions): Attack => ({
      title: `an endpoint’s conditions: ${JSON.stringify(conditions)}`,
      kind: slices,
      before: { endpoints: [{ addresses: ['TARGET'], conditions: { ready: false } }] },
      writes: [{ body: { endpoints: [{ addresses: ['TARGET'], conditions }] } }],
      refused: 'by us',
    }),
  ),
  {
    title: 'its port changed',
    kind: slices,
    before: unused(),
    writes: [{ body: { ports: [{ name: 'http', port: 8081, protocol: 'TCP' }] } }],
    refused: 'by us',
  },
  {
    title: 'another type of address',
    kind: slices,
    before: unused(),
    writes: [{ body: { addressType: 'IPv6' } }],
    refused: 'by the API server',
  },
  {
    title: 'moved from those not ready to those that are',
    kind: endpoints,
    before: {
      metadata: { labels: { [headless]: '' } },
      subsets: [{ notReadyAddresses: [{ ip: 'TARGET' }], ports: [{ name: 'http', port: 8080 }] }],
    },
    writes: [{ body: subsets }],
    refused: 'by us',
  },
  ...[endpoints, slices].map(
    (kind): Attack => ({
      title: 'given a finalizer, so that it outlives its deletion',
      kind,
      before: kind === endpoints ? { metadata: { labels: { [skipMirror]: 'true' } }, ...subsets } : unused(),
      writes: [{ body: { metadata: { finalizers: ['example.com/keep'] } } }],
      refused: 'by us',
    }),
  ),
  ...[{ targetRef: { kind: 'Pod', name: 'web' } }, { nodeName: 'node' }].map(
    (member): Attack => ({
      title: `an address given a member that load balancers register it by: ${Object.keys(member)}`,
      kind: endpoints,
      before: { metadata: { labels: { [skipMirror]: 'true' } }, ...subsets },
      writes: [
        { body: { subsets: subsets.subsets.map((one) => ({ ...one, addresses: [{ ip: 'TARGET', ...member }] })) } },
      ],
      refused: 'by us',
    }),
  ),
  ...[endpoints, slices].map(
    (kind): Attack => ({
      title: 'changed while a finalizer keeps it alive',
      kind,
      deleting: true,
      before: {},
      writes: [{ body: kind === endpoints ? subsets : list }],
      refused: 'by us',
    }),
  ),
  {
    title: 'no longer skipped while a finalizer keeps it alive',
    kind: endpoints,
    deleting: true,
    before: { metadata: { labels: { [skipMirror]: 'true' } }, ...subsets },
    writes: [{ body: { metadata: { labels: { [skipMirror]: null } } } }],
    refused: 'by us',
  },
  {
    title: 'given the Service’s name while a finalizer keeps it alive',
    kind: slices,
    deleting: true,
    before: unused(),
    writes: [{ body: { metadata: { labels: { [serviceName]: 'NAME' } } } }],
    refused: 'by us',
  },
];

/** The simplest slice is in service by its name; what was put there before must not be, unless the attack says so. */
function withoutServiceName(attack: Attack): Attack {
  const { metadata = {}, ...rest } = attack.before as { metadata?: { labels?: Labels } };
  return { ...attack, before: { ...rest, metadata: { ...metadata, labels: { ...metadata.labels } } } };
}
