/** Ports that many clusters want to forbid, by the name a policy gives them. */
export type PortPreset = (typeof portPresets)[number];

export const portPresets = ['control-plane', 'openshift-mcs'] as const;

export const presetPorts: Readonly<Record<PortPreset, readonly string[]>> = {
  // etcd, the API server, the kubelet, the controller manager, the scheduler.
  // https://kubernetes.io/docs/reference/networking/ports-and-protocols/
  'control-plane': ['TCP/2379-2380', 'TCP/6443', 'TCP/10250', 'TCP/10257', 'TCP/10259'],
  // OpenShift's machine config server, which hands out the credentials of machines.
  // https://github.com/openshift/kubernetes/blob/master/openshift-kube-apiserver/admission/network/restrictedendpoints/endpoint_admission.go
  'openshift-mcs': ['TCP/22623-22624'],
};
