// Written by hand, so that nobody forgets one of them unseen.

/** Of Endpoints the mirroring controller copies these to its slices. */
export const copiedLabels = [
  'service.kubernetes.io/headless',
  'service.kubernetes.io/service-proxy-name',
  'multicluster.kubernetes.io/service-name',
  'multicluster.kubernetes.io/source-cluster',
  'lighthouse.submariner.io/sourceNamespace',
  'lighthouse.submariner.io/is-headless',
  'lighthouse.submariner.io/source-name',
  'k8s.ovn.org/service-name',
];

/** What kube-proxy, controllers, other data planes and multi-cluster agents choose the slices by that they look at. */
export const serviceLabels = ['kubernetes.io/service-name', 'endpointslice.kubernetes.io/managed-by', ...copiedLabels];

/** Of both kinds. */
export const serviceAnnotations = [
  'k8s.ovn.org/endpointslice-network',
  'k8s.ovn.org/source-endpointslice',
  'k8s.ovn.org/source-endpointslice-version',
  'lighthouse.submariner.io/publish-not-ready-addresses',
  'lighthouse.submariner.io/globalnet-enabled',
  'mirror.linkerd.io/remote-svc-fq-name',
  'mirror.linkerd.io/remote-gateway-identity',
];
