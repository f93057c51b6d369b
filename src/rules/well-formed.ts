import { allKinds } from '../kinds/index.ts';
import type { DocumentedRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

const below = (field: string, members: readonly string[]) => members.map((member) => `${field}.${member}`);
const target = below('targetRef', ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']);
const endpoint = ['hostname', 'nodeName', 'targetRef', ...target];
const port = ['name', 'port', 'protocol'];
const owner = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'];

const metadata = [
  'metadata',
  ...below('metadata', ['name', 'generateName', 'labels', 'annotations', 'ownerReferences', 'ownerReferences[*]']),
  ...below('metadata', ['finalizers', 'finalizers[*]']),
  ...new Set(allKinds.flatMap(({ servingState }) => servingState.labels.map(({ key }) => `metadata.labels[${key}]`))),
  ...new Set(
    allKinds.flatMap(({ servingState }) => servingState.annotations.map(({ key }) => `metadata.annotations[${key}]`)),
  ),
  ...below('metadata.ownerReferences[*]', owner),
];
const endpoints = [
  'subsets',
  'subsets[*]',
  ...['subsets[*].addresses', 'subsets[*].notReadyAddresses'].flatMap((list) => [
    list,
    `${list}[*]`,
    ...below(`${list}[*]`, ['ip', ...endpoint]),
  ]),
  'subsets[*].ports',
  'subsets[*].ports[*]',
  ...below('subsets[*].ports[*]', port),
];
const slices = [
  'addressType',
  ...['', '[*]'].map((end) => `endpoints${end}`),
  ...below('endpoints[*]', ['addresses', 'addresses[*]', 'conditions', ...endpoint, 'zone']),
  ...below('endpoints[*].conditions', ['ready', 'serving', 'terminating']),
  'ports',
  'ports[*]',
  ...below('ports[*]', [...port, 'appProtocol']),
];
const services = [
  'spec',
  ...below('spec', ['type', 'selector', 'externalIPs', 'externalIPs[*]', 'externalName', 'ports', 'ports[*]']),
  ...below('spec.ports[*]', ['port', 'protocol', 'targetPort']),
];

/** Its findings are the parser's. No policy switches it off: what cannot be read cannot be judged. */
export const wellFormed: DocumentedRule = {
  id: 'well-formed',
  title: 'The object can be read, and all programs read it the same way.',
  why: `
    What cannot be read cannot be judged. An address that Kubernetes, kube-proxy, libc and JavaScript read differently
    (010.0.0.1 is 10.0.0.1 to one and 8.0.0.1 to another) would be judged as one address and connected to as another.
    IPv4 addresses are four decimal numbers without leading zeros. IPv6 addresses may have any RFC 4291 spelling, but no zone,
    no brackets, no group over four digits, and are not IPv4 addresses in disguise (::ffff:10.1.2.3). In a slice they are of
    the family that addressType says. A slice of names (FQDN) may hold any text but those that some programs take for an
    address: whatever has a colon or another character that ends a name in URLs (%, /, ?, #, \\, @), or a number (decimal, octal
    or hexadecimal) as its last label, such as 127.1. Four decimal numbers are an address to all, and are judged as one.
    Cannot be switched off, and no exemption of a policy covers it.
  `,
  remedy: 'write the field as the Kubernetes API documents it',
  source: endpointsDocument('tables 2 to 6, column "Type"'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '010.1.2.3' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['010.1.2.3'] }], ports: [{ port: '80' }] },
    Service: { spec: { ports: [{ port: 80, targetPort: '8080' }] } },
  },
  fields: ['', 'kind', 'apiVersion', ...metadata, ...endpoints, ...slices, ...services],
  fieldsSummary: 'every field below, and every other that decides how an object is read or served.',
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice', 'Service'],
};
