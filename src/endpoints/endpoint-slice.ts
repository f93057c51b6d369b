import { parseAddress } from './address.ts';
import { mirroredLabels } from './endpoints.ts';
import { type FieldReader, type Fields, fieldReader } from './fields.ts';
import { FieldPath, type Finding, quote } from './finding.ts';
import {
  checkFinalizers,
  metadataPath,
  notAmong,
  notText,
  type Parsed,
  parseEndpoint,
  parseIp,
  parseNames,
  parsePort,
  parseRoot,
} from './members.ts';
import type { AddressType, EndpointAddress, EndpointPort, Subset, View } from './view.ts';

/**
 * Reads a discovery.k8s.io/v1 EndpointSlice. Total: any JSON value gives a view, and at most `limit` findings. What only an API
 * server can know (immutability, how many, hints, zones of nodes) is left to it.
 */
export function parseEndpointSlice(object: unknown, limit: number): Parsed {
  const findings: Finding[] = [];
  const read = fieldReader(findings, limit);
  const root = parseRoot(object, 'EndpointSlice', 'discovery.k8s.io/v1', read);
  const metadata = read.fields(root.metadata, metadataPath);
  checkFinalizers(metadata, read);
  const addressType = root === object ? parseAddressType(root.addressType, read) : undefined;
  const view: View = {
    kind: 'EndpointSlice',
    addressType,
    ...parseNames(metadata, read),
    servingState: parseService(metadata, read),
    subsets: [parseSubset(root, addressType, read)],
  };
  return { view, findings };
}

const addressTypes = ['IPv4', 'IPv6', 'FQDN'] as const;

function parseAddressType(value: unknown, read: FieldReader): AddressType | undefined {
  const known = addressTypes.find((type) => type === value);
  if (!known)
    read.report(FieldPath.root.child('addressType'), () => notAmong(value === '' ? undefined : value, addressTypes));
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
  const labelsPath = metadataPath.child('labels');
  const labels = read.fields(metadata.labels, labelsPath);
  const chosen = serviceLabels.map((key) => read.text(labels, key, labelsPath) ?? null);
  return JSON.stringify([
    chosen,
    read.items(metadata, 'ownerReferences', metadataPath, (item, path) => parseOwner(item, path, read)),
  ]);
}

function parseOwner(item: unknown, path: FieldPath, read: FieldReader) {
  const owner = read.fields(item, path);
  const text = (key: string) => read.text(owner, key, path) ?? '';
  const flag = (key: string) => read.flag(owner, key, path);
  return [text('apiVersion'), text('kind'), text('name'), text('uid'), flag('controller'), flag('blockOwnerDeletion')];
}

function parseSubset(root: Fields, type: AddressType | undefined, read: FieldReader): Subset {
  const addresses: EndpointAddress[] = [];
  const parse = type === 'IPv4' || type === 'IPv6' ? ipParser(type, read) : nameParser(read);
  const endpoints = read.items(root, 'endpoints', FieldPath.root, (value, path) => {
    const item = read.fields(value, path);
    const ready = isReady(item.conditions, path, read);
    read.items(item, 'addresses', path, (address, addressPath) => {
      addresses.push(parse(address, addressPath, ready));
    });
    read.text(item, 'zone', path);
    return parseEndpoint(item, path, read);
  });
  const ports = read.items(root, 'ports', FieldPath.root, (value, path) => parseSlicePort(value, path, read));
  return { path: FieldPath.root, endpoints, addresses, ports };
}

/** Unknown counts as ready, as consumers of slices are told to read it. */
function isReady(value: unknown, itemPath: FieldPath, read: FieldReader): boolean {
  if (value === undefined) return true;
  const path = itemPath.child('conditions');
  const conditions = read.fields(value, path);
  for (const key of ['serving', 'terminating']) read.flag(conditions, key, path);
  return read.flag(conditions, 'ready', path) ?? true;
}

type ParseAddress = (value: unknown, path: FieldPath, ready: boolean) => EndpointAddress;

function ipParser(type: 'IPv4' | 'IPv6', read: FieldReader): ParseAddress {
  return (value, path, ready) => {
    const parsed = parseIp(value, path, ready, read);
    const { address, text } = parsed;
    if (address && address.family !== type)
      read.report(path, () => ({
        message: `${quote(text)} is an ${address.family} address, and addressType is ${type}`,
        remedy: `write an ${type} address, or move it to a slice with addressType ${address.family}`,
      }));
    return parsed;
  };
}

/** Any text is a name to it, also where the type could not be read; what happens to be an IP address is judged as one. */
function nameParser(read: FieldReader): ParseAddress {
  return (value, path, ready) => {
    const text = typeof value === 'string' ? value : '';
    if (text === '') read.report(path, () => notText(value, 'one domain name'));
    return { path, text, address: parseAddress(text), ready };
  };
}

/** A port that is absent means every port. */
function parseSlicePort(value: unknown, path: FieldPath, read: FieldReader): EndpointPort {
  const fields = read.fields(value, path);
  read.text(fields, 'appProtocol', path);
  return parsePort(fields, path, 'every', read);
}
