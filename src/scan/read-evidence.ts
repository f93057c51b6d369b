import type { Found } from '../audit/found.ts';
import { addService, type Services } from '../audit/services.ts';
import type { Evidence } from '../audit/tally.ts';
import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import { clusterNeeds, clusterRules } from '../policy/cluster-needs.ts';
import { kubernetesService } from '../policy/exemption.ts';
import type { Policy } from '../policy/policy.ts';
import type { Unread } from '../report/report.ts';
import { type ClusterStore, createClusterStore, resourceNames } from '../state/cluster-store.ts';
import type { ClusterReader, Completeness } from './cluster-reader.ts';
import { lists, readApiServerSlices } from './lists.ts';

/** Pods of more namespaces are read all at once. */
const maxNamespacesReadSingly = 20;

/** What is known of the cluster, and where it is kept. */
export interface ReadEvidence extends Evidence {
  readonly store: ClusterStore;
  /** Whether the policy has to know the pods of all namespaces. */
  readonly needsPods: boolean;
}

/** Pods and Services of the audit's namespaces; of all namespaces, and whatever else, where the policy has to know it. */
export async function readEvidence(cluster: ClusterReader, policy: Policy): Promise<ReadEvidence> {
  const store = createClusterStore();
  const needs = clusterNeeds(policy);
  const services: Services = new Map();
  const where = (resource: ClusterResource) => (needs.has(resource) ? 'everywhere' : undefined);
  const pods = await readInto(cluster, store, 'pods', where('pods'));
  const readServices = await readInto(cluster, store, 'services', where('services'), (item) =>
    addService(services, item),
  );
  for (const resource of ['nodes', 'servicecidrs'] as const)
    if (needs.has(resource)) await readInto(cluster, store, resource);
  if (needs.has('endpointslices')) await readAddressesOfApiServers(cluster, store);
  return {
    ...{ store, services, needsPods: needs.has('pods'), cluster: store.state },
    ...{ knowsPods: pods.in, knowsServices: readServices.in },
  };
}

/** Pods as they are now, in the namespaces in which they could explain something. What could not be read again stays as it was. */
export async function readPodsAgain(
  cluster: ClusterReader,
  { store, needsPods, knowsPods }: ReadEvidence,
  suspects: readonly Found[],
): Promise<void> {
  const known = suspects.filter(({ subject }) => knowsPods(subject.namespace));
  if (known.length === 0) return;
  const namespaces = [...new Set(known.map(({ subject }) => subject.namespace))];
  const isAboutOthers = needsPods && known.some(({ items }) => items.some(({ finding }) => finding.holderOf));
  if (isAboutOthers) await readInto(cluster, store, 'pods', 'everywhere');
  else if (namespaces.length > maxNamespacesReadSingly) await readInto(cluster, store, 'pods');
  else await cluster.read(lists.pods, store.sinks.pods.put, namespaces);
}

/** The rules that are not judged, since what they have to know could not be read. */
export function unjudgedOf(policy: Policy, cluster: ClusterState): readonly Unread[] {
  const rules = clusterRules(policy);
  return [...clusterNeeds(policy)].flatMap((resource) => {
    if (cluster.unknown(resource) === undefined) return [];
    const needing = rules.filter(({ needs }) => needs?.includes(resource)).map(({ id }) => id);
    const why = `without ${resourceNames[resource]}, all of them, ${needing.length === 1 ? 'it' : 'they'} cannot be judged`;
    return [{ what: `what ${needing.join(' and ')} must know`, why }];
  });
}

/** Only where all could be read does the store know the kind. */
async function readInto(
  cluster: ClusterReader,
  { sinks }: ClusterStore,
  resource: ClusterResource,
  where?: 'everywhere',
  alsoAdd?: (item: unknown) => void,
): Promise<Completeness> {
  const sink = sinks[resource];
  const add = (item: unknown) => {
    sink.put(item);
    alsoAdd?.(item);
  };
  sink.begin();
  const read = await cluster.read(lists[resource], add, where);
  if (read.everywhere) sink.end();
  return read;
}

async function readAddressesOfApiServers(cluster: ClusterReader, { sinks }: ClusterStore): Promise<void> {
  const read = await readApiServerSlices(cluster, sinks.endpointslices.put);
  if (read.in(kubernetesService.namespace)) sinks.endpointslices.end();
}
