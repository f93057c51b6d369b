import type { Address } from './address.ts';
import type { FieldPath } from './field-path.ts';

/** The two kinds that say where a Service's traffic goes: core/v1 and discovery.k8s.io/v1. */
export type Kind = 'Endpoints' | 'EndpointSlice';

export type AddressType = 'IPv4' | 'IPv6' | 'FQDN';

/** What rules see of an object, and nothing else: two objects with equal views have equal violations. */
export interface View {
  readonly kind: Kind;
  /** What a slice's addresses are; `undefined` for Endpoints, and where it could not be read. */
  readonly addressType: AddressType | undefined;
  readonly name: string;
  readonly generateName: string;
  readonly subsets: readonly Subset[];
  /** Fingerprint of the metadata that decides whether the object receives traffic. An update that changes it is judged in full. */
  readonly servingState: string;
}

/** Endpoints that share ports: one subset of Endpoints, or a whole EndpointSlice. */
export interface Subset {
  readonly path: FieldPath;
  readonly endpoints: readonly Endpoint[];
  /** In Endpoints those that are ready come first. */
  readonly addresses: readonly EndpointAddress[];
  readonly ports: readonly EndpointPort[];
}

/** One entry of `addresses` or `notReadyAddresses`, or of a slice's `endpoints`. */
export interface Endpoint {
  readonly path: FieldPath;
  /** Absent and `null` are `undefined`; `''` is a value. */
  readonly hostname: string | undefined;
  readonly nodeName: string | undefined;
  readonly targetResourceVersion: string | undefined;
  readonly targetFieldPath: string | undefined;
}

export interface EndpointAddress {
  readonly path: FieldPath;
  readonly text: string;
  /** `undefined` where the text is no IP address; `well-formed` has said so then, or it is a name in a slice of names. */
  readonly address: Address | undefined;
  readonly ready: boolean;
  /** As it was sent: `targetOf` reads it. */
  readonly targetRef: unknown;
}

export interface EndpointPort {
  readonly path: FieldPath;
  /** `''` where there is none. */
  readonly name: string;
  /** `every` for a slice's `null`, which is every port; `undefined` where it could not be read; `well-formed` has said so then. */
  readonly number: number | 'every' | undefined;
  readonly protocol: string;
}
