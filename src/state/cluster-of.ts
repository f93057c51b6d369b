import type { ClusterResource, ClusterState } from '../endpoints/cluster-state.ts';
import { fieldsOf } from '../json/fields.ts';
import { createClusterStore } from './cluster-store.ts';

const resources: Readonly<Record<string, ClusterResource>> = {
  Pod: 'pods',
  Service: 'services',
  ServiceCIDR: 'servicecidrs',
  Node: 'nodes',
  EndpointSlice: 'endpointslices',
};

/** What is known of a cluster that has these objects and no others. Throws for a kind of which nothing is kept. */
export function clusterOf(objects: readonly unknown[]): ClusterState {
  const { state, sinks } = createClusterStore();
  for (const object of objects) {
    const { kind } = fieldsOf(object);
    const resource = typeof kind === 'string' && Object.hasOwn(resources, kind) ? resources[kind] : undefined;
    if (!resource) throw new Error(`nothing is kept of the kind ${String(kind)}`);
    sinks[resource].put(object);
  }
  for (const sink of Object.values(sinks)) sink.end();
  return state;
}
