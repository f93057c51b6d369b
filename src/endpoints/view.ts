import type { Address } from './address.ts';
import type { FieldPath } from './field-path.ts';

/** The two kinds that say where a Service's traffic goes: core/v1 and discovery.k8s.io/v1. */
export type EndpointKind = 'Endpoints' | 'EndpointSlice';

/** What is judged: these, and the Services (core/v1) that put them into service or name targets themselves. */
export type Kind = EndpointKind | 'Service';

export type AddressType = 'IPv4' | 'IPv6' | 'FQDN';

/** What rules see of an object, and nothing else: two objects with equal views have equal violations. */
export interface View {
  readonly kind: Kind;
  /** What a slice's addresses are; `undefined` for Endpoints, and where it could not be read. */
  readonly addressType: AddressType | undefined;
  readonly name: string;
  readonly generateName: string;
  /** Empty for a Service. */
  readonly subsets: List<Subset>;
  /** `undefined` for the other kinds. */
  readonly service: ServiceFields | undefined;
  /** Each node name of the endpoints, at least once. */
  readonly nodeNames: readonly string[];
  /** Fingerprint of the metadata that decides whether the object receives traffic. An update that changes it is judged in full. */
  readonly servingState: string;
}

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

/** What says by itself where the traffic of a Service goes, and whether a controller does. */
export interface ServiceFields {
  /** `ClusterIP` where there is none; `undefined` where it could not be read. */
  readonly type: ServiceType | undefined;
  /** An empty selector is none. */
  readonly hasSelector: boolean;
  readonly externalIPs: readonly ServiceAddress[];
  /** `''` where there is none. It has a meaning for the type `ExternalName` only. */
  readonly externalName: string;
  readonly ports: readonly ServicePort[];
}

export interface ServiceAddress extends Placed {
  readonly text: string;
  /** `undefined` where the text is no IP address; `well-formed` has said so then. */
  readonly address: Address | undefined;
}

export interface ServicePort extends Placed {
  /** What targetPort is, or port where there is none, as API servers fill it in; `undefined` where it is a name. The path is that of the field. */
  readonly targetPort: number | undefined;
  readonly protocol: string;
}

/** Endpoints that share ports: one subset of Endpoints, or a whole EndpointSlice. */
export interface Subset {
  readonly path: FieldPath;
  readonly endpoints: Endpoints;
  /** In Endpoints those that are ready come first. */
  readonly addresses: List<EndpointAddress>;
  readonly ports: List<EndpointPort>;
}

/** What is gone through item by item. An item may be the next one a step later: take of it what is to be kept. */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  /** From the end where negative. */
  at(index: number): T | undefined;
  map<U>(describe: (item: T) => U): U[];
  some(is: (item: T) => boolean): boolean;
}

export interface Endpoints extends List<Endpoint> {
  /** Those that have the field, and perhaps some that have not. */
  with(field: keyof EndpointFields): Iterable<Endpoint>;
}

/** What has a place in the object. The path is made when it is asked for: ask only for a finding. */
interface Placed {
  readonly path: FieldPath;
}

/** One entry of `addresses` or `notReadyAddresses`, or of a slice's `endpoints`. */
export interface Endpoint extends EndpointFields, Placed {}

export interface EndpointFields {
  /** Absent and `null` are `undefined`; `''` is a value. */
  readonly hostname: string | undefined;
  readonly nodeName: string | undefined;
  readonly targetResourceVersion: string | undefined;
  readonly targetFieldPath: string | undefined;
}

export interface EndpointAddress extends AddressFields, Placed {
  /** As it was sent: `targetOf` reads it. */
  readonly targetRef: unknown;
}

export interface AddressFields {
  readonly text: string;
  /** `undefined` where the text is no IP address; `well-formed` has said so then, or it is a name in a slice of names. */
  readonly address: Address | undefined;
  readonly ready: boolean;
}

export interface EndpointPort extends PortFields, Placed {}

export interface PortFields {
  /** `''` where there is none. */
  readonly name: string;
  /** `every` for a slice's `null`, which is every port; `undefined` where it could not be read; `well-formed` has said so then. */
  readonly number: number | 'every' | undefined;
  readonly protocol: string;
}
