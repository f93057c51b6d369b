import type { Kind } from '../endpoints/view.ts';

/** A named expression of a policy, evaluated once for an object, and only where it is asked for. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** Where CEL finds in an object what rules judge. */
export interface Shape {
  readonly kind: Kind;
  readonly group: string;
  readonly resource: string;
  /** Lists of addresses, as the object has them. */
  readonly addresses: Variable;
  /** What an element of those lists is written as, given its expression. */
  readonly text: (element: string) => string;
  /** Of what addresses are written in. */
  readonly addressField: string;
  /** Lists of ports. */
  readonly ports: Variable;
  readonly portsField: string;
}

/** A null list is an absent one: the API server hands on what a client left out of a slice as null. */
export const shapes: Readonly<Record<Kind, Shape>> = {
  Endpoints: {
    kind: 'Endpoints',
    group: '',
    resource: 'endpoints',
    addresses: {
      name: 'addresses',
      expression: 'object.?subsets.orValue([]).map(s, s.?addresses.orValue([]) + s.?notReadyAddresses.orValue([]))',
    },
    text: (element) => `${element}.ip`,
    addressField: 'subsets[*].addresses[*].ip',
    ports: { name: 'ports', expression: 'object.?subsets.orValue([]).map(s, s.?ports.orValue([]))' },
    portsField: 'subsets[*].ports[*]',
  },
  EndpointSlice: {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    addresses: {
      name: 'addresses',
      expression: 'has(object.endpoints) && object.endpoints != null ? object.endpoints.map(e, e.addresses) : []',
    },
    text: (element) => element,
    addressField: 'endpoints[*].addresses[*]',
    ports: { name: 'ports', expression: 'has(object.ports) && object.ports != null ? [object.ports] : []' },
    portsField: 'ports[*]',
  },
};
