import type { Kind } from '../endpoints/view.ts';

/** A named expression of a policy, evaluated once for an object, and only where it is asked for. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** Where CEL finds in an object what rules judge. */
export interface CelFields {
  readonly kind: Kind;
  readonly group: string;
  readonly resource: string;
  /** What the other variables are made of; `bounded`, where there is one, says whether there is little enough of it. */
  readonly basis: readonly Variable[];
  /** Lists of addresses, as the object has them. */
  readonly addresses: Variable;
  /** What an element of those lists is written as, given its expression. */
  readonly text: (element: string) => string;
  /** What addresses are written in. */
  readonly addressField: string;
  /** Whether it holds so much that only rules are named, and no values: they would have to be looked for again. */
  readonly large: Variable;
  /** Lists of ports. */
  readonly ports: Variable;
  readonly portsField: string;
}

/**
 * How many subsets an object may have, and how many addresses or ports a subset. The time that an API server takes for a list
 * grows with the square of its length, whatever CEL's budget says: cel-go searches its stack of costs anew for each element
 * (Kubernetes 1.37: about a quarter of a second for each expression over 10,000 addresses).
 */
export const mostListed = 10_000;

/** A null list is an absent one: the API server hands on what a client left out of a slice as null. */
export const celFields: Readonly<Record<Kind, CelFields>> = {
  Endpoints: {
    kind: 'Endpoints',
    group: '',
    resource: 'endpoints',
    basis: [
      {
        name: 'bounded',
        expression: `size(object.?subsets.orValue([])) <= ${mostListed} && object.?subsets.orValue([]).all(s, size(s.?addresses.orValue([])) + size(s.?notReadyAddresses.orValue([])) <= ${mostListed} && size(s.?ports.orValue([])) <= ${mostListed})`,
      },
      { name: 'subsets', expression: 'variables.bounded ? object.?subsets.orValue([]) : []' },
    ],
    addresses: {
      name: 'addresses',
      expression: 'variables.subsets.map(s, s.?addresses.orValue([]) + s.?notReadyAddresses.orValue([]))',
    },
    text: (element) => `${element}.ip`,
    addressField: 'subsets[*].addresses[*].ip',
    large: { name: 'large', expression: listsAbove(1000) },
    ports: { name: 'ports', expression: 'variables.subsets.map(s, s.?ports.orValue([]))' },
    portsField: 'subsets[*].ports[*]',
  },
  EndpointSlice: {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    resource: 'endpointslices',
    basis: [],
    addresses: {
      name: 'addresses',
      expression: 'has(object.endpoints) && object.endpoints != null ? object.endpoints.map(e, e.addresses) : []',
    },
    text: (element) => element,
    addressField: 'endpoints[*].addresses[*]',
    large: { name: 'large', expression: listsAbove(10) },
    ports: { name: 'ports', expression: 'has(object.ports) && object.ports != null ? [object.ports] : []' },
    portsField: 'ports[*]',
  },
};

function listsAbove(size: number): string {
  return `variables.addresses.exists(l, size(l) > ${size}) || variables.ports.exists(l, size(l) > 1000)`;
}
