/** Who writes what, where. */
export interface Shape {
  readonly what: string;
  readonly user: string;
  readonly namespace: string;
  readonly object: { readonly kind: 'Endpoints' | 'EndpointSlice'; readonly [field: string]: unknown };
  /** What refuses it where the policy has the same networks and ports but no exemption. */
  readonly refusedBy: readonly string[];
}

export const podRef = (name: string, namespace: string, more: object = {}) => ({
  kind: 'Pod',
  namespace,
  name,
  uid: 'a1b2',
  ...more,
});

export const podAddress = (ip: string, name: string, namespace: string) => ({
  ip,
  nodeName: 'node-1',
  targetRef: podRef(name, namespace),
});
