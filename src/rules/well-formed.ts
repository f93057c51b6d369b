import type { Documentation } from './rule.ts';

/** Its findings are the parser's: what cannot be read cannot be judged, so no policy switches this off. */
export const wellFormed: Documentation = {
  id: 'well-formed',
  title: 'The object can be read, and every reader reads it alike.',
  why: `
    What cannot be read cannot be judged. And an address that Kubernetes, kube-proxy, libc and JavaScript read differently
    (010.0.0.1 is 10.0.0.1 to one and 8.0.0.1 to another) would be judged as one address and dialled as another.
    IPv4 addresses are four decimal numbers without leading zeros. IPv6 addresses may have any RFC 4291 spelling, but no zone,
    no brackets, no group over four digits, and are not IPv4 addresses in disguise (::ffff:10.1.2.3).
    Cannot be switched off, and no exemption covers it.
  `,
  remedy: 'write the field as the Kubernetes API documents it',
  source: 'Creating an Endpoints Object, tables 2 to 6, column "Type"',
  fields: [
    '',
    'kind',
    'apiVersion',
    'metadata',
    'metadata.name',
    'metadata.generateName',
    'metadata.labels',
    'metadata.labels[endpointslice.kubernetes.io/skip-mirror]',
    'metadata.annotations',
    'subsets',
    'subsets[*]',
    ...['addresses', 'notReadyAddresses'].flatMap((list) => [
      `subsets[*].${list}`,
      `subsets[*].${list}[*]`,
      ...['ip', 'hostname', 'nodeName', 'targetRef'].map((field) => `subsets[*].${list}[*].${field}`),
      ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
        (field) => `subsets[*].${list}[*].targetRef.${field}`,
      ),
    ]),
    'subsets[*].ports',
    'subsets[*].ports[*]',
    'subsets[*].ports[*].name',
    'subsets[*].ports[*].port',
    'subsets[*].ports[*].protocol',
  ],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
};
