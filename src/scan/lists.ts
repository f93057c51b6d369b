import type { ClusterResource } from '../endpoints/cluster-state.ts';
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

/** The slices in the namespace of the API servers' Service, among which are its own. */
export function readApiServerSlices(cluster: ClusterReader, add: (item: unknown) => void): Promise<Completeness> {
  return cluster.read(lists.endpointslices, add, [kubernetesService.namespace]);
}
