import type { ClusterResource } from '../endpoints/cluster-state.ts';
import { fieldsOf } from '../json/fields.ts';
import { kubernetesService } from '../policy/exemption.ts';
import type { ClusterReader, Completeness, ListedKind } from './cluster-reader.ts';

const core = '/api/v1';

/** Where what is known of a cluster is read. */
export const lists = {
  pods: { api: core, plural: 'pods', namespaced: true },
  services: { api: core, plural: 'services', namespaced: true },
  servicecidrs: { api: '/apis/networking.k8s.io/v1', plural: 'servicecidrs', optional: true },
  nodes: { api: core, plural: 'nodes' },
  endpointslices: { api: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true },
} satisfies Record<ClusterResource, ListedKind>;

/** Only the slice that API servers write: anyone may put their label on another. */
export function readApiServers(cluster: ClusterReader, add: (item: unknown) => void): Promise<Completeness> {
  const { namespace, name } = kubernetesService;
  const addOwn = (item: unknown) => {
    if (fieldsOf(fieldsOf(item).metadata).name === name) add(item);
  };
  return cluster.read(lists.endpointslices, addOwn, [namespace]);
}
