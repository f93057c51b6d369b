import { parseAddress } from './address.ts';
import { mirroredLabels } from './endpoints.ts';
import { type FieldReader, type Fields, fieldReader } from './fields.ts';
import { type Finding, Place, quote } from './finding.ts';
import {
  checkFinalizers,
  metadataAt,
  notAmong,
  notText,
  type Parsed,
  parseEndpoint,
  parseIp,
  parseNames,
  parsePort,
  parseRoot,
} from './members.ts';
import type { AddressType, EndpointAddress, EndpointPort, Group, View } from './view.ts';

/**
 * Reads a discovery.k8s.io/v1 EndpointSlice. Total: any JSON value gives a view, and at most `limit` findings. What only an API
 * server can know (immutability, how many, hints, zones of nodes) is left to it.
 */
export function parseEndpointSlice(object: unknown, limit: number): Parsed {
  const findings: Finding[] = [];
  const read = fieldReader(findings, limit);
  const root = parseRoot(object, 'EndpointSlice', 'discovery.k8s.io/v1', read);
  const metadata = read.fields(root.metadata, metadataAt);
  checkFinalizers(metadata, read);
  const addressType = root === object ? parseAddressType(root.addressType, read) : undefined;
  const view: View = {
    kind: 'EndpointSlice',
    addressType,
    ...parseNames(metadata, read),
    service: parseService(metadata, read),
    groups: [parseGroup(root, addressType, read)],
  };
  return { view, findings };
}

const addressTypes = ['IPv4', 'IPv6', 'FQDN'] as const;

function parseAddressType(value: unknown, read: FieldReader): AddressType | undefined {
  const known = addressTypes.find((type) => type === value);
  if (!known)
    read.report(Place.root.child('addressType'), () => notAmong(value === '' ? undefined : value, addressTypes));
  return known;
}

/** The labels by which controllers and proxies choose the slices that they look at. */
export const serviceLabels: readonly string[] = [
  'kubernetes.io/service-name',
  'endpointslice.kubernetes.io/managed-by',
  ...mirroredLabels,
];

/**
 * Those labels, and the owners: a slice outlives the pods it names where its controller or the garbage collector lets go of it. A label
 * that is absent is not one that is empty: kube-proxy passes over slices with the headless label, which controllers leave empty.
 */
function parseService(metadata: Fields, read: FieldReader): string {
  const labelsAt = metadataAt.child('labels');
  const labels = read.fields(metadata.labels, labelsAt);
  const chosen = serviceLabels.map((key) => read.text(labels, key, labelsAt) ?? null);
  return JSON.stringify([
    chosen,
    read.items(metadata, 'ownerReferences', metadataAt, (item, at) => parseOwner(item, at, read)),
  ]);
}

function parseOwner(item: unknown, at: Place, read: FieldReader) {
  const owner = read.fields(item, at);
  const text = (key: string) => read.text(owner, key, at) ?? '';
  const flag = (key: string) => read.flag(owner, key, at);
  return [text('apiVersion'), text('kind'), text('name'), text('uid'), flag('controller'), flag('blockOwnerDeletion')];
}

function parseGroup(root: Fields, type: AddressType | undefined, read: FieldReader): Group {
  const addresses: EndpointAddress[] = [];
  const parse = type === 'IPv4' || type === 'IPv6' ? ipParser(type, read) : nameParser(read);
  const endpoints = read.items(root, 'endpoints', Place.root, (value, at) => {
    const item = read.fields(value, at);
    const ready = isReady(item.conditions, at, read);
    read.items(item, 'addresses', at, (address, addressAt) => {
      addresses.push(parse(address, addressAt, ready));
    });
    read.text(item, 'zone', at);
    return parseEndpoint(item, at, read);
  });
  const ports = read.items(root, 'ports', Place.root, (value, at) => parseSlicePort(value, at, read));
  return { at: Place.root, endpoints, addresses, ports };
}

/** Unknown counts as ready, as consumers of slices are told to read it. */
function isReady(value: unknown, itemAt: Place, read: FieldReader): boolean {
  if (value === undefined) return true;
  const at = itemAt.child('conditions');
  const conditions = read.fields(value, at);
  for (const key of ['serving', 'terminating']) read.flag(conditions, key, at);
  return read.flag(conditions, 'ready', at) ?? true;
}

type ParseAddress = (value: unknown, at: Place, ready: boolean) => EndpointAddress;

function ipParser(type: 'IPv4' | 'IPv6', read: FieldReader): ParseAddress {
  return (value, at, ready) => {
    const parsed = parseIp(value, at, ready, read);
    const { address, text } = parsed;
    if (address && address.family !== type)
      read.report(at, () => ({
        message: `${quote(text)} is an ${address.family} address, and addressType is ${type}`,
        remedy: `write an ${type} address, or move it to a slice with addressType ${address.family}`,
      }));
    return parsed;
  };
}

/** Any text is a name to it, also where the type could not be read; what happens to be an IP address is judged as one. */
function nameParser(read: FieldReader): ParseAddress {
  return (value, at, ready) => {
    const text = typeof value === 'string' ? value : '';
    if (text === '') read.report(at, () => notText(value, 'one domain name'));
    return { at, text, address: parseAddress(text), ready };
  };
}

/** A port that is absent means every port. */
function parseSlicePort(value: unknown, at: Place, read: FieldReader): EndpointPort {
  const fields = read.fields(value, at);
  read.text(fields, 'appProtocol', at);
  return parsePort(fields, at, 'every', read);
}
