/** A named expression of a ValidatingAdmissionPolicy, evaluated at most once for an object, and only where it is used. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** Where CEL finds in an object what rules judge. */
export interface CelFields {
  /** What the other variables are made of; `bounded`, where there is one, says whether there is little enough of it. */
  readonly basis: readonly Variable[];
  /** Lists of addresses, as the object has them. */
  readonly addresses: Variable;
  /** Whether `object.addressType` says what all addresses of an object are. */
  readonly hasAddressType: boolean;
  /** The text of an address, given an expression of an element of those lists. */
  readonly text: (element: string) => string;
  /** The field that holds the text of an address. */
  readonly addressField: string;
  /** Whether it holds so much that messages name rules only, and no values: the values would have to be looked for again. */
  readonly large: Variable;
  /** Lists of ports. */
  readonly ports: Variable;
  readonly portsField: string;
  /** An expression for the list of what has addresses and no ports. */
  readonly portless: string;
  /** Expressions of which one is true where an UPDATE changes what says where traffic goes. */
  readonly changed: readonly string[];
}

/**
 * How many subsets an object may have, and how many addresses or ports a subset. The time that an API server takes for a list
 * grows with the square of its length, whatever CEL's budget says: cel-go searches its stack of costs anew for each element
 * (Kubernetes 1.37: about a quarter of a second for each expression over 10,000 addresses).
 */
export const maxListed = 10_000;

/** Whether an object has a list with more than `addresses` addresses, or with more than 1,000 ports. */
export function hasListsAbove(addresses: number): Variable {
  return {
    name: 'large',
    expression: `variables.addresses.exists(l, size(l) > ${addresses}) || variables.ports.exists(l, size(l) > 1000)`,
  };
}
