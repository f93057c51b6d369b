const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];

/** Endpoints that break no rule. */
export function goodEndpoints(name: string, ip = '10.1.2.3') {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name },
    subsets: [{ addresses: [{ ip }], ports }],
  };
}

/** Endpoints that the API server takes and the default policy refuses: `protocol`. */
export function badEndpoints(name: string, ip = '10.1.2.3') {
  return { ...goodEndpoints(name, ip), subsets: [{ addresses: [{ ip }], ports: [{ ...ports[0], protocol: 'SCTP' }] }] };
}

/** An EndpointSlice that breaks no rule. */
export function goodSlice(name: string, ip = '10.1.2.3') {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip] }],
    ports,
  };
}

/** An EndpointSlice that the API server takes, which checks no port numbers of slices, and the default policy refuses: `port-range`. */
export function badSlice(name: string, ip = '10.1.2.3') {
  return { ...goodSlice(name, ip), ports: [{ ...ports[0], port: 70000 }] };
}

/** A Service that breaks no rule. */
export function goodService(name: string) {
  const spec = { selector: { app: 'web' }, ports };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

/** A Service that the API server takes and the default policy refuses: `service-external-name`. */
export function badService(name: string) {
  return { ...goodService(name), spec: { type: 'ExternalName', externalName: 'metadata.google.internal' } };
}

export const goodObjects = { Endpoints: goodEndpoints, EndpointSlice: goodSlice, Service: goodService } as const;
export const badObjects = { Endpoints: badEndpoints, EndpointSlice: badSlice, Service: badService } as const;

/** Two subsets that the mutating webhook makes one of. */
export function scatteredEndpoints(name: string) {
  const subsets = ['10.1.2.3', '10.1.2.4'].map((ip) => ({ addresses: [{ ip }], ports }));
  return { ...goodEndpoints(name), subsets };
}

/** What stands at the end of each of our refusals. */
export const ourTag = /\[endpoints-webhook(?:: [a-z-]+)?\]/;
