import { Columns } from '../endpoints/columns.ts';
import { FieldPath } from '../endpoints/field-path.ts';
import { createFieldReader, type FieldReader } from '../endpoints/field-reader.ts';
import type { Finding } from '../endpoints/finding.ts';
import { type ParsedObject, parseEndpoint, parseIp, parsePort, parseRoot } from '../endpoints/members.ts';
import type { View } from '../endpoints/view.ts';
import { type Layout, viewColumns } from '../endpoints/view-subset.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { membersOf, readMembers } from '../json/members.ts';
import type { Scanner } from '../json/scanner.ts';
import { undecided } from '../json/tokens.ts';
import { hasListsAbove, maxListed } from './cel-fields.ts';
import type { KindDefinition, ReadObject } from './kind.ts';
import { type MetadataView, parseMetadata } from './metadata.ts';
import { ObjectReader, portMembers, rootMembers } from './object-reader.ts';
import { copiedAnnotations, copiedLabels, ovnServiceNameLabel } from './serving-keys.ts';
import type { ServingFields } from './serving-state.ts';

/**
 * The mirroring controller passes over Endpoints with this label (not empty) or this annotation, and proxies over what it made of those
 * with a copied label. Taking one away puts the addresses into service.
 */
const servingState: ServingFields = {
  labels: [{ key: 'endpointslice.kubernetes.io/skip-mirror', counts: 'filled value' }, ...copiedLabels],
  annotations: [{ key: 'control-plane.alpha.kubernetes.io/leader', counts: 'presence' }, ...copiedAnnotations],
};

/** core/v1 Endpoints. */
export const endpoints: KindDefinition = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  group: '',
  resource: 'endpoints',
  plural: 'Endpoints',
  parse,
  readBytes,
  content: ['subsets'],
  servingState,
  serviceNames: ({ name, labels }) => [name, fieldsOf(labels)[ovnServiceNameLabel]],
  isControlled: () => true,
  isNamedAsService: true,
  wakes: false,
  missingPort: 0,
  hasDefaults: true,
  cel: {
    basis: [
      {
        name: 'bounded',
        expression: `size(object.?subsets.orValue([])) <= ${maxListed} && object.?subsets.orValue([]).all(s, size(s.?addresses.orValue([])) + size(s.?notReadyAddresses.orValue([])) <= ${maxListed} && size(s.?ports.orValue([])) <= ${maxListed})`,
      },
      { name: 'subsets', expression: 'variables.bounded ? object.?subsets.orValue([]) : []' },
    ],
    addresses: {
      name: 'addresses',
      expression: 'variables.subsets.map(s, s.?addresses.orValue([]) + s.?notReadyAddresses.orValue([]))',
    },
    hasAddressType: false,
    text: (element) => `${element}.ip`,
    addressField: 'subsets[*].addresses[*].ip',
    large: hasListsAbove(1000),
    ports: { name: 'ports', expression: 'variables.subsets.map(s, s.?ports.orValue([]))' },
    portsField: 'subsets[*].ports[*]',
    portless:
      'variables.subsets.filter(s, size(s.?ports.orValue([])) == 0 && size(s.?addresses.orValue([])) + size(s.?notReadyAddresses.orValue([])) > 0)',
    changed: [
      'has(object.subsets) != has(oldObject.subsets)',
      '(has(object.subsets) && object.subsets != oldObject.subsets)',
    ],
  },
};

function parse(object: unknown, limit: number): ParsedObject {
  const findings: Finding[] = [];
  const columns = new Columns();
  const read = createFieldReader(findings, limit);
  const root = parseRoot(object, 'Endpoints', 'v1', read);
  const names = parseMetadata(root.metadata, servingState, read);
  read.items(root, 'subsets', FieldPath.root, (subset, path) => parseSubset(subset, path, read, columns));
  return { view: viewOf(names, columns), findings };
}

function readBytes(scan: Scanner): ReadObject {
  const reader = new ObjectReader(scan);
  const names = reader.read(endpoints, members);
  return { view: viewOf(names, reader.columns), metadata: reader.metadata };
}

function viewOf(names: MetadataView, columns: Columns): View {
  return { kind: 'Endpoints', addressType: undefined, service: undefined, ...names, ...viewColumns(columns, layout) };
}

const ports = membersOf(portMembers);

const subsetMembers = membersOf<ObjectReader>({
  addresses: (reader) => {
    if (reader.readyEnd !== reader.columns.endpointCount) throw undecided; // those that are ready come first
    reader.endpoints.readAddresses(true);
    reader.readyEnd = reader.columns.endpointCount;
  },
  notReadyAddresses: ({ endpoints }) => endpoints.readAddresses(false),
  ports: (reader) => reader.readPorts(ports, 0),
});

const members = membersOf<ObjectReader>({ ...rootMembers, subsets: readSubsets });

function readSubsets(reader: ObjectReader): void {
  const { scan, columns } = reader;
  if (!scan.enterList()) return;
  while (scan.nextItem()) {
    reader.readyEnd = columns.endpointCount;
    readMembers(scan, subsetMembers, reader);
    columns.endSubset(reader.readyEnd);
  }
}

const subsetsPath = FieldPath.root.child('subsets');

const layout: Layout = {
  subset: (index) => subsetsPath.child(index),
  endpoint: (subset, index, ready) =>
    index < ready ? subset.child('addresses').child(index) : subset.child('notReadyAddresses').child(index - ready),
  address: (endpoint) => endpoint.child('ip'),
};

function parseSubset(subset: unknown, path: FieldPath, read: FieldReader, columns: Columns): void {
  const fields = read.fields(subset, path);
  parseAddresses(fields, 'addresses', path, read, columns);
  const readyEnd = columns.endpointCount;
  parseAddresses(fields, 'notReadyAddresses', path, read, columns);
  // A missing port is 0: that is how it reaches a webhook through the API server.
  read.items(fields, 'ports', path, (port, portPath) =>
    columns.addPort(parsePort(read.fields(port, portPath, '{port: 80}'), portPath, 0, read)),
  );
  columns.endSubset(readyEnd);
}

function parseAddresses(
  fields: Fields,
  list: 'addresses' | 'notReadyAddresses',
  path: FieldPath,
  read: FieldReader,
  columns: Columns,
): void {
  const ready = list === 'addresses';
  read.items(fields, list, path, (value, itemPath) => {
    const item = read.fields(value, itemPath, '{ip: 10.9.8.7}');
    const isUnread = item !== value && value !== null; // said so already
    columns.addAddress(
      isUnread ? { text: '', address: undefined, ready } : parseIp(item.ip, itemPath.child('ip'), ready, list, read),
    );
    columns.addEndpoint(parseEndpoint(item, itemPath, read), item.targetRef);
  });
}
