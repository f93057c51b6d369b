import { parseAddress } from '../endpoints/address.ts';
import { Columns } from '../endpoints/columns.ts';
import { FieldPath } from '../endpoints/field-path.ts';
import { createFieldReader, type FieldReader } from '../endpoints/field-reader.ts';
import type { Finding } from '../endpoints/finding.ts';
import {
  notAmong,
  notText,
  type ParsedObject,
  parseEndpoint,
  parseIp,
  parsePort,
  parseRoot,
} from '../endpoints/members.ts';
import { isAddressToSome, urlSyntax } from '../endpoints/name-text.ts';
import { quote } from '../endpoints/quote.ts';
import type { AddressFields, AddressType, PortFields, View } from '../endpoints/view.ts';
import { type Layout, viewColumns } from '../endpoints/view-subset.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { membersOf } from '../json/members.ts';
import type { Scanner } from '../json/scanner.ts';
import { undecided } from '../json/tokens.ts';
import { hasListsAbove } from './cel-fields.ts';
import type { KindDefinition, ReadObject } from './kind.ts';
import { type MetadataView, parseMetadata } from './metadata.ts';
import { ObjectReader, portMembers, rootMembers } from './object-reader.ts';
import { byValue, copiedAnnotations, copiedLabels, ovnServiceNameLabel, serviceNameLabel } from './serving-keys.ts';
import type { ServingFields } from './serving-state.ts';

const apiVersion = 'discovery.k8s.io/v1';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

const servingState: ServingFields = {
  labels: [...byValue([serviceNameLabel, managedByLabel]), ...copiedLabels],
  annotations: copiedAnnotations,
};

/** discovery.k8s.io/v1 EndpointSlices. What only an API server can know (immutability, hints, zones of nodes) is left to it. */
export const endpointSlice: KindDefinition = {
  kind: 'EndpointSlice',
  apiVersion,
  group: 'discovery.k8s.io',
  resource: 'endpointslices',
  plural: 'EndpointSlices',
  parse,
  readBytes,
  content: ['addressType', 'endpoints', 'ports'],
  servingState,
  serviceNames: ({ labels }) => [serviceNameLabel, ovnServiceNameLabel].map((label) => fieldsOf(labels)[label]),
  isControlled: ({ labels }) => fieldsOf(labels)[managedByLabel] === 'endpointslice-controller.k8s.io',
  isNamedAsService: false,
  wakes: false,
  missingPort: 'every',
  hasDefaults: false,
  // A null list is an absent one: the API server hands on as null what a client left out.
  cel: {
    basis: [],
    addresses: {
      name: 'addresses',
      expression: 'has(object.endpoints) && object.endpoints != null ? object.endpoints.map(e, e.addresses) : []',
    },
    hasAddressType: true,
    text: (element) => element,
    addressField: 'endpoints[*].addresses[*]',
    large: hasListsAbove(10),
    ports: { name: 'ports', expression: 'has(object.ports) && object.ports != null ? [object.ports] : []' },
    portsField: 'ports[*]',
    portless: 'variables.ports.all(l, size(l) == 0) ? variables.addresses.filter(l, size(l) > 0) : []',
    changed: ['object.addressType != oldObject.addressType', hasNewList('endpoints'), hasNewList('ports')],
  },
};

function hasNewList(member: string): string {
  const of = (object: string) => `(has(${object}.${member}) && ${object}.${member} != null ? ${object}.${member} : [])`;
  return `${of('object')} != ${of('oldObject')}`;
}

function parse(object: unknown, limit: number): ParsedObject {
  const findings: Finding[] = [];
  const read = createFieldReader(findings, limit);
  const root = parseRoot(object, 'EndpointSlice', apiVersion, read);
  const addressType = root === object ? parseAddressType(root.addressType, read) : undefined;
  const names = parseMetadata(root.metadata, servingState, read);
  const columns = new Columns();
  parseMembers(root, addressType, read, columns);
  return { view: viewOf(addressType, names, columns), findings };
}

function readBytes(scan: Scanner): ReadObject {
  const reader = new ObjectReader(scan);
  const names = reader.read(endpointSlice, members);
  const { addressType, columns } = reader;
  if (!addressType) throw undecided;
  columns.endSubset(columns.endpointCount);
  return { view: viewOf(addressType, names, columns), metadata: reader.metadata };
}

function viewOf(addressType: AddressType | undefined, names: MetadataView, columns: Columns): View {
  return { kind: 'EndpointSlice', addressType, service: undefined, ...names, ...viewColumns(columns, layout) };
}

const ports = membersOf<ObjectReader>({
  ...portMembers,
  appProtocol: ({ scan }) => {
    scan.readText();
  },
});

const members = membersOf<ObjectReader>({
  ...rootMembers,
  addressType: (reader) => {
    const type = reader.scan.readString();
    if (type !== 'IPv4' && type !== 'IPv6') throw undecided;
    reader.addressType = type;
  },
  endpoints: ({ addressType, endpoints }) => {
    if (!addressType) throw undecided; // it has not come yet
    endpoints.readEndpoints(addressType);
  },
  ports: (reader) => reader.readPorts(ports, 'every'),
});

const layout: Layout = {
  subset: () => FieldPath.root,
  endpoint: (root, index) => root.child('endpoints').child(index),
  address: (endpoint, index) => endpoint.child('addresses').child(index),
};

const addressTypes = ['IPv4', 'IPv6', 'FQDN'] as const;

function parseAddressType(value: unknown, read: FieldReader): AddressType | undefined {
  const known = addressTypes.find((type) => type === value);
  if (!known)
    read.report(FieldPath.root.child('addressType'), () => notAmong(value === '' ? undefined : value, addressTypes));
  return known;
}

function parseMembers(root: Fields, type: AddressType | undefined, read: FieldReader, columns: Columns): void {
  const parse = type === 'IPv4' || type === 'IPv6' ? ipParser(type, read) : nameParser(read);
  read.items(root, 'endpoints', FieldPath.root, (value, path) => {
    const item = read.fields(value, path, '{addresses: [10.9.8.7]}');
    const ready = isReady(item.conditions, path, read);
    read.items(item, 'addresses', path, (address, addressPath) => {
      columns.addAddress(parse(address, addressPath, ready));
    });
    read.text(item, 'zone', path);
    columns.addEndpoint(parseEndpoint(item, path, read), item.targetRef);
  });
  read.items(root, 'ports', FieldPath.root, (value, path) => columns.addPort(parseSlicePort(value, path, read)));
  columns.endSubset(columns.endpointCount);
}

/** Unknown counts as ready: so the API tells the consumers of slices to read it. */
function isReady(value: unknown, itemPath: FieldPath, read: FieldReader): boolean {
  if (value === undefined) return true;
  const path = itemPath.child('conditions');
  const conditions = read.fields(value, path, '{ready: true}');
  for (const key of ['serving', 'terminating']) read.flag(conditions, key, path);
  return read.flag(conditions, 'ready', path) ?? true;
}

type ParseAddress = (value: unknown, path: FieldPath, ready: boolean) => AddressFields;

function ipParser(type: 'IPv4' | 'IPv6', read: FieldReader): ParseAddress {
  return (value, path, ready) => {
    const parsed = parseIp(value, path, ready, 'endpoints', read);
    const { address, text } = parsed;
    if (address && address.family !== type)
      read.report(path, () => ({
        message: `${quote(text)} is an ${address.family} address, and addressType is ${type}`,
        remedy: `write an ${type} address, or move it to a slice with addressType ${address.family}`,
      }));
    return parsed;
  };
}

/** Also where the type could not be read. What is an IP address to all is judged as one; what is one to some only is no name. */
function nameParser(read: FieldReader): ParseAddress {
  return (value, path, ready) => {
    const text = typeof value === 'string' ? value : '';
    const address = parseAddress(text);
    if (text === '') read.report(path, () => notText(value, 'one domain name'));
    else if (!address && isAddressToSome(text)) read.report(path, () => notName(text));
    return { text, address, ready };
  };
}

function notName(text: string) {
  if (text.includes(':'))
    return {
      message: `${quote(text)} has a colon, as ports and addresses have`,
      remedy: 'write the name alone, or an address in a slice of addressType IPv6',
    };
  if (urlSyntax.test(text))
    return {
      message: `${quote(text)} has a character that ends a name in URLs, or hides one`,
      remedy: 'write the name alone',
    };
  return {
    message: `${quote(text)} ends in a number, so that some programs take it for an address`,
    remedy: 'write a name whose last label is no number, or an address in a slice of addressType IPv4',
  };
}

/** A port that is absent means every port. */
function parseSlicePort(value: unknown, path: FieldPath, read: FieldReader): PortFields {
  const fields = read.fields(value, path, '{port: 80}');
  read.text(fields, 'appProtocol', path);
  return parsePort(fields, path, 'every', read);
}
