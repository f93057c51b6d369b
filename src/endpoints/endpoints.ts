import { explainAddress, parseAddress } from './address.ts';
import { type FieldReader, type Fields, fieldReader, fieldsOf } from './fields.ts';
import { type Finding, Place, quote } from './finding.ts';
import type { Endpoint, EndpointAddress, EndpointPort, Group, View } from './view.ts';

/** What an object says, as far as it can be read, and everything that cannot be. Without findings the view is the whole object. */
export interface Parsed {
  readonly view: View;
  readonly findings: readonly Finding[];
}

/** Reads a core/v1 Endpoints object. Total: any JSON value gives a view, and at most `limit` findings. */
export function parseEndpoints(object: unknown, limit: number): Parsed {
  const findings: Finding[] = [];
  const read = fieldReader(findings, limit);
  const root = fieldsOf(object);
  if (root !== object) findings.push({ path: [], message: `${quote(object)} is not an Endpoints object` });
  else findings.push(...wrongConstant(root, 'kind', 'Endpoints'), ...wrongConstant(root, 'apiVersion', 'v1'));

  const metadataAt = new Place('metadata');
  const metadata = read.fields(root.metadata, metadataAt);
  const view: View = {
    kind: 'Endpoints',
    addressType: undefined,
    name: read.text(metadata, 'name', metadataAt) ?? '',
    generateName: read.text(metadata, 'generateName', metadataAt) ?? '',
    service: parseService(metadata, metadataAt, read),
    groups: read.items(root, 'subsets', undefined, (subset, at) => parseSubset(subset, at, read)),
  };
  return { view, findings };
}

function* wrongConstant(root: Fields, key: 'kind' | 'apiVersion', wanted: string): Iterable<Finding> {
  const value = root[key];
  if (value === wanted) return;
  if (value === undefined || value === null)
    yield { path: [key], message: 'is missing', remedy: `write ${wanted}`, reason: 'FieldValueRequired' };
  else
    yield {
      path: [key],
      message: `${quote(value)} is not ${wanted}`,
      remedy: `write ${wanted}`,
      reason: 'FieldValueNotSupported',
    };
}

const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
const leader = 'control-plane.alpha.kubernetes.io/leader';

/** The two keys by which the mirroring controller passes Endpoints over: taking one away puts the addresses into service. */
function parseService(metadata: Fields, at: Place, read: FieldReader): string {
  const labels = read.fields(metadata.labels, at.child('labels'));
  const annotations = read.fields(metadata.annotations, at.child('annotations'));
  const label = read.text(labels, skipMirror, at.child('labels')) ?? '';
  return JSON.stringify([label, Object.hasOwn(annotations, leader)]);
}

const none: readonly never[] = [];

function parseSubset(subset: unknown, at: Place, read: FieldReader): Group {
  const fields = read.fields(subset, at);
  if (fields.addresses === undefined && fields.notReadyAddresses === undefined && fields.ports === undefined)
    return { at, endpoints: none, addresses: none, ports: none };
  const endpoints: Endpoint[] = [];
  const parseAddressOf = (list: string, ready: boolean) =>
    read.items(fields, list, at, (value, itemAt) => {
      const item = read.fields(value, itemAt);
      if (item !== value && value !== null) return { at: itemAt, text: '', address: undefined, ready }; // said so already
      const address = parseIp(item, itemAt, ready, read);
      endpoints.push(parseEndpoint(item, itemAt, read));
      return address;
    });
  const ready = parseAddressOf('addresses', true);
  const notReady = parseAddressOf('notReadyAddresses', false);
  const ports = read.items(fields, 'ports', at, (port, portAt) => parsePort(port, portAt, read));
  return { at, endpoints, addresses: notReady.length === 0 ? ready : [...ready, ...notReady], ports };
}

function parseIp({ ip }: Fields, itemAt: Place, ready: boolean, read: FieldReader): EndpointAddress {
  const at = itemAt.child('ip');
  const text = typeof ip === 'string' ? ip : '';
  const address = parseAddress(text);
  if (address === undefined) read.report(at, () => wrongIp(ip));
  return { at, text, address, ready };
}

function wrongIp(ip: unknown): Omit<Finding, 'path'> {
  const remedy = 'write one IPv4 or IPv6 address as a string';
  if (ip === undefined || ip === null || ip === '')
    return { message: 'is missing', remedy, reason: 'FieldValueRequired' };
  if (typeof ip !== 'string') return { message: `${quote(ip)} is not a string`, remedy };
  const { problem, remedy: better } = explainAddress(ip);
  return { message: `${quote(ip)} ${problem}`, remedy: better };
}

function parseEndpoint(item: Fields, at: Place, read: FieldReader): Endpoint {
  const hostname = read.text(item, 'hostname', at);
  const nodeName = read.text(item, 'nodeName', at);
  const { targetRef } = item;
  if (targetRef === undefined)
    return { at, hostname, nodeName, targetResourceVersion: undefined, targetFieldPath: undefined };

  const targetAt = at.child('targetRef');
  const target = read.fields(targetRef, targetAt);
  for (const key of ['kind', 'namespace', 'name', 'uid', 'apiVersion']) read.text(target, key, targetAt);
  const targetResourceVersion = read.text(target, 'resourceVersion', targetAt);
  return { at, hostname, nodeName, targetResourceVersion, targetFieldPath: read.text(target, 'fieldPath', targetAt) };
}

/** A missing port is 0: that is how it reaches a webhook through the API server. */
function parsePort(port: unknown, at: Place, read: FieldReader): EndpointPort {
  const fields = read.fields(port, at);
  const number = fields.port ?? 0;
  const readable = typeof number === 'number' && Number.isInteger(number);
  if (!readable)
    read.report(at.child('port'), () => ({
      message: `${quote(number)} is not an integer`,
      remedy: 'write a number from 1 to 65535 without quotes',
    }));
  return {
    at,
    name: read.text(fields, 'name', at) ?? '',
    number: readable ? number : undefined,
    protocol: read.text(fields, 'protocol', at) || 'TCP',
  };
}
