// Whoever has an address in a cluster, as the object that says so.

export type Holder = (ip: string) => object;

export const pod =
  (
    namespace: string,
    { name = 'p', phase = 'Running', hostNetwork = false, ...metadata }: Readonly<Record<string, unknown>> = {},
  ): Holder =>
  (ip) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, ...metadata } },
    ...{ spec: { hostNetwork }, status: { phase, podIP: ip, podIPs: [{ ip }] } },
  });
export const own = (more: object = {}) => pod('shop', { ...more });
export const foreign = (more: object = {}) => pod('bank', { ...more });
export const second: Holder = (ip) => ({
  ...{ kind: 'Pod', metadata: { namespace: 'bank', name: 'dual' } },
  status: { phase: 'Running', podIP: '203.0.113.1', podIPs: [{ ip: '203.0.113.1' }, { ip }] },
});
export const ownSecond: Holder = (ip) => ({ ...second(ip), metadata: { namespace: 'shop', name: 'dual' } });
export const deleted = { deletionTimestamp: '2026-11-30T00:00:00Z', deletionGracePeriodSeconds: 30 };

export const service =
  (namespace: string, fields: (ip: string) => { spec?: object; status?: object }): Holder =>
  (ip) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 's' }, ...fields(ip) });
export const clusterIP = (ip: string) => ({ spec: { clusterIP: ip, clusterIPs: [ip] } });
export const ingress = (ip: string, more: object = {}) => ({
  ...{ spec: { type: 'LoadBalancer', clusterIP: '10.111.1.1' } },
  status: { loadBalancer: { ingress: [{ ip, ...more }] } },
});
export const node =
  (type: string): Holder =>
  (ip) => ({ kind: 'Node', metadata: { name: `n-${type}` }, status: { addresses: [{ type, address: ip }] } });
export const apiServer: Holder = (ip) => ({
  ...{ kind: 'EndpointSlice', metadata: kubernetes },
  ...{ addressType: 'IPv4', endpoints: [{ addresses: ['203.0.113.7'] }, { addresses: [ip] }] },
});
export const kubernetes = {
  ...{ namespace: 'default', name: 'kubernetes' },
  labels: { 'kubernetes.io/service-name': 'kubernetes' },
};

export const inPodNetwork = ['10.244.3.7', 'fd00:244::307'] as const;
export const inServiceNetwork = ['10.96.7.7', 'fd00:96::707'] as const;
export const outside = ['203.0.113.5', '2001:db8::5'] as const;
