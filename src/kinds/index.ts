import type { EndpointKind, Kind } from '../endpoints/view.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import type { KindDefinition } from './kind.ts';
import { service } from './service.ts';

/** Every kind that is judged. */
export const kinds: Readonly<Record<Kind, KindDefinition>> = {
  Endpoints: endpoints,
  EndpointSlice: endpointSlice,
  Service: service,
};

/** In the order in which they are read and printed. */
export const allKinds: readonly KindDefinition[] = Object.values(kinds);

/** Those that list addresses, which a Service puts into service. */
export const endpointKinds: readonly (KindDefinition & { readonly kind: EndpointKind })[] =
  allKinds.filter(isOfEndpoints);

function isOfEndpoints(definition: KindDefinition): definition is KindDefinition & { readonly kind: EndpointKind } {
  return !definition.wakes;
}

/** The kind of this name; `undefined` where it is not judged. */
export function kindNamed(name: unknown): KindDefinition | undefined {
  return allKinds.find(({ kind }) => kind === name);
}

const byResource = new Map(allKinds.map((definition) => [resourceName(definition), definition]));

/** The kind whose resource has this qualified name; `undefined` where it is not judged. */
export function kindOfResource(name: string): KindDefinition | undefined {
  return byResource.get(name);
}

/** The qualified name of a resource, such as `endpoints` or `deployments.apps`. */
export function resourceName({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}
