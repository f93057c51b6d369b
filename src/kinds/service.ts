import { parseAddress } from '../endpoints/address.ts';
import { Columns } from '../endpoints/columns.ts';
import { explainPort } from '../endpoints/explain-port.ts';
import { FieldPath } from '../endpoints/field-path.ts';
import { createFieldReader, type FieldReader } from '../endpoints/field-reader.ts';
import type { Finding } from '../endpoints/finding.ts';
import { notAmong, notText, type ParsedObject, parseRoot } from '../endpoints/members.ts';
import { quote } from '../endpoints/quote.ts';
import type { ServiceAddress, ServiceFields, ServicePort, ServiceType } from '../endpoints/view.ts';
import { viewColumns } from '../endpoints/view-subset.ts';
import type { Fields } from '../json/fields.ts';
import { hasListsAbove } from './cel-fields.ts';
import type { KindDefinition } from './kind.ts';
import { parseMetadata } from './metadata.ts';
import type { ServingFields } from './serving-state.ts';

/** No metadata of a Service decides what it puts into service. */
const servingState: ServingFields = { labels: [], annotations: [] };

/** core/v1 Services. What has no meaning for where traffic goes is left to the API server. */
export const service: KindDefinition = {
  kind: 'Service',
  apiVersion: 'v1',
  group: '',
  resource: 'services',
  plural: 'Services',
  parse,
  content: ['spec'],
  servingState,
  serviceNames: ({ name }) => [name],
  isControlled: () => false,
  isNamedAsService: true,
  wakes: true,
  missingPort: 0,
  hasDefaults: false,
  cel: {
    basis: [],
    addresses: { name: 'addresses', expression: '[object.spec.?externalIPs.orValue([])]' },
    hasAddressType: false,
    text: (element) => element,
    addressField: 'spec.externalIPs[*]',
    large: hasListsAbove(1000),
    ports: { name: 'ports', expression: '[object.spec.?ports.orValue([])]' },
    portsField: 'spec.ports[*]',
    portless: '[]',
    changed: ['object.spec != oldObject.spec'],
  },
};

const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const satisfies ServiceType[];
const specPath = new FieldPath('spec');
const layout = { subset: () => specPath, endpoint: () => specPath, address: () => specPath };

function parse(object: unknown, limit: number): ParsedObject {
  const findings: Finding[] = [];
  const read = createFieldReader(findings, limit);
  const root = parseRoot(object, 'Service', 'v1', read);
  const names = parseMetadata(root.metadata, servingState, read);
  const service = parseSpec(read.fields(root.spec, specPath, '{selector: {app: web}, ports: [{port: 80}]}'), read);
  const none = viewColumns(new Columns(), layout);
  return { view: { kind: 'Service', addressType: undefined, service, ...names, ...none }, findings };
}

function parseSpec(spec: Fields, read: FieldReader): ServiceFields {
  return {
    type: parseType(spec.type, read),
    hasSelector: Object.keys(read.fields(spec.selector, specPath.child('selector'), '{app: web}')).length > 0,
    externalIPs: read.items(spec, 'externalIPs', specPath, (item, path) => parseExternalIP(item, path, read)),
    externalName: read.text(spec, 'externalName', specPath) ?? '',
    ports: read.items(spec, 'ports', specPath, (item, path) => parsePort(item, path, read)),
  };
}

function parseType(value: unknown, read: FieldReader): ServiceType | undefined {
  if (value === undefined || value === null || value === '') return 'ClusterIP';
  const known = types.find((type) => type === value);
  if (!known) read.report(specPath.child('type'), () => notAmong(value, types));
  return known;
}

/** One that is no address is for the rule about them: some Service may have had it before. */
function parseExternalIP(value: unknown, path: FieldPath, read: FieldReader): ServiceAddress {
  if (typeof value !== 'string') read.report(path, () => notText(value, 'one IPv4 or IPv6 address'));
  const text = typeof value === 'string' ? value : '';
  return { path, text, address: parseAddress(text) };
}

function parsePort(value: unknown, path: FieldPath, read: FieldReader): ServicePort {
  const fields = read.fields(value, path, '{port: 80}');
  const protocol = read.text(fields, 'protocol', path) || 'TCP';
  const { targetPort } = fields;
  const isThere = targetPort !== undefined && targetPort !== null && targetPort !== 0 && targetPort !== '';
  const key = isThere ? 'targetPort' : 'port';
  return { path: path.child(key), targetPort: parseNumber(fields[key], path.child(key), key, read), protocol };
}

/** A name is to be looked up in the pods that a selector finds; one of digits is a number to some, and API servers refuse it. */
function parseNumber(value: unknown, path: FieldPath, key: 'targetPort' | 'port', read: FieldReader) {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (value === undefined || value === null) return undefined;
  if (key === 'targetPort' && typeof value === 'string' && !/^[0-9]+$/.test(value)) return undefined;
  const what = typeof value === 'string' && /^[0-9]+$/.test(value) ? 'a number in quotes' : 'not an integer';
  read.report(path, () => ({ message: `${quote(value)} is ${what}`, remedy: explainPort(value) }));
  return undefined;
}
