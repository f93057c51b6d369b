import type { ServingKey } from './serving-state.ts';

// Labels and annotations by which proxies choose what they serve, and controllers what they keep up to date. Found in the sources of
// kube-proxy, Antrea, Calico, Cilium, Contour, Envoy Gateway, Istio, kube-router, Kuma, Lighthouse, Linkerd, OVN-Kubernetes and Traefik.

/** On slices, by the label of which all of them choose: the name of the Service. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** In the user-defined networks of OVN-Kubernetes, which Istio can be told to look at. */
export const ovnServiceNameLabel = 'k8s.ovn.org/service-name';

/** What the mirroring controller copies from Endpoints to the slices it makes. An empty label is not an absent one. */
export const copiedLabels: readonly ServingKey[] = byValue([
  'service.kubernetes.io/headless', // kube-proxy, OVN-Kubernetes and others pass over slices with it, which controllers leave empty
  'service.kubernetes.io/service-proxy-name', // whose slices are left to another proxy
  'multicluster.kubernetes.io/service-name', // Lighthouse and Envoy Gateway choose by it, Istio passes over slices with it
  'multicluster.kubernetes.io/source-cluster', // Lighthouse and Cilium
  'lighthouse.submariner.io/sourceNamespace', // the namespace of the Service, which need not be that of the slice
  'lighthouse.submariner.io/is-headless',
  'lighthouse.submariner.io/source-name', // by which its agent finds the slices whose source is gone
  ovnServiceNameLabel,
]);

/** Copied as well. */
export const copiedAnnotations: readonly ServingKey[] = byValue([
  'k8s.ovn.org/endpointslice-network', // the network whose slices OVN-Kubernetes chooses
  'k8s.ovn.org/source-endpointslice', // by which its controller finds the slices whose source is gone
  'k8s.ovn.org/source-endpointslice-version', // with which its controller takes a slice for up to date
  'lighthouse.submariner.io/publish-not-ready-addresses',
  'lighthouse.submariner.io/globalnet-enabled', // whose addresses are looked up elsewhere
  'mirror.linkerd.io/remote-svc-fq-name', // the Service that Linkerd asks the gateway of another cluster for
  'mirror.linkerd.io/remote-gateway-identity',
]);

/** Keys of which each value counts. */
export function byValue(keys: readonly string[]): readonly ServingKey[] {
  return keys.map((key) => ({ key, counts: 'value' }));
}
