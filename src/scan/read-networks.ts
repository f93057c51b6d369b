import { fieldsOf, listOf } from '../json/fields.ts';
import { ciliumNodes, type Place, places } from '../suggest/declared.ts';
import {
  addApiServers,
  addCiliumNode,
  addDeclared,
  addNode,
  addPod,
  addService,
  addServiceCidr,
  createEvidence,
  type NetworkEvidence,
} from '../suggest/evidence.ts';
import type { ClusterReader, ListedKind } from './cluster-reader.ts';
import { lists, readApiServerSlices } from './lists.ts';

/** Everything in a cluster that says which networks it has. Only what is kept of an object stays in memory. */
export async function readNetworks(cluster: ClusterReader): Promise<NetworkEvidence> {
  const evidence = createEvidence();
  await cluster.read(lists.nodes, (item) => addNode(evidence, item));
  await cluster.read(lists.pods, (item) => addPod(evidence, item));
  await cluster.read(lists.services, (item) => addService(evidence, item));
  await cluster.read(lists.servicecidrs, (item) => addServiceCidr(evidence, item));
  await readApiServerSlices(cluster, (item) => addApiServers(evidence, item));
  const isServed = await readGroups(cluster);
  if (isServed(ciliumNodes.group)) await cluster.read(ciliumNodes, (item) => addCiliumNode(evidence, item));
  for (const place of places) if (isServed(place.group)) await readPlace(cluster, place, evidence);
  return evidence;
}

/** A refusal of what is not served says nothing: whether it is, everybody may know. */
async function readGroups(cluster: ClusterReader): Promise<(group: string | undefined) => boolean> {
  const body = await cluster.readOne('/apis', 'the API groups');
  if (body === undefined) return () => true;
  const names = new Set(listOf(fieldsOf(body).groups).map((group) => fieldsOf(group).name));
  return (group) => group === undefined || names.has(group);
}

async function readPlace(cluster: ClusterReader, place: Place, evidence: NetworkEvidence): Promise<void> {
  const add = (object: unknown) => addDeclared(evidence, place.read(object));
  if (place.list) {
    const listed: ListedKind = { ...place.list, optional: true };
    await cluster.read(listed, add);
    return;
  }
  const object = await cluster.readOne(place.path, place.what);
  if (object !== undefined) add(object);
}
