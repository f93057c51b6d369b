import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import { parseAddress } from './address.ts';
import { eachAlone, explainAddress, noAddress } from './explain-address.ts';
import { explainPort } from './explain-port.ts';
import { FieldPath } from './field-path.ts';
import type { FieldReader } from './field-reader.ts';
import type { Finding } from './finding.ts';
import { quote } from './quote.ts';
import { isSpelling } from './spelling.ts';
import type { AddressFields, EndpointFields, Kind, PortFields, View } from './view.ts';

// What Endpoints and EndpointSlices are both made of.

/** What an object says, as far as it can be read, and everything that cannot be. Without findings the view is the whole object. */
export interface ParsedObject {
  readonly view: View;
  readonly findings: readonly Finding[];
}

type Explanation = Omit<Finding, 'path'>;

/** The object, `{}` where it is none. */
export function parseRoot(object: unknown, kind: Kind, apiVersion: string, read: FieldReader): Fields {
  const root = fieldsOf(object);
  if (root !== object) {
    read.report(FieldPath.root, () => ({
      message: `${quote(object)} is not ${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind} object`,
    }));
    return root;
  }
  for (const [key, wanted] of [
    ['kind', kind],
    ['apiVersion', apiVersion],
  ] as const)
    if (root[key] !== wanted) read.report(FieldPath.root.child(key), () => notAmong(root[key], [wanted]));
  return root;
}

/** What is wrong with a value that is none of those wanted. */
export function notAmong(value: unknown, wanted: readonly string[]): Explanation {
  const choice = wanted.join(', ').replace(/, ([^,]+)$/, ' or $1');
  const meant = wanted.find((one) => typeof value === 'string' && isSpelling(value, one));
  const remedy = `write ${meant ?? choice}`;
  if (value === undefined || value === null) return { message: 'is missing', remedy, reason: 'FieldValueRequired' };
  return { message: `${quote(value)} is not ${choice}`, remedy, reason: 'FieldValueNotSupported' };
}

export const metadataPath = new FieldPath('metadata');

export function parseNames(metadata: Fields, read: FieldReader): Pick<View, 'name' | 'generateName'> {
  return {
    name: read.text(metadata, 'name', metadataPath) ?? '',
    generateName: read.text(metadata, 'generateName', metadataPath) ?? '',
  };
}

/** Only how they are written: which of them appears is for whoever compares two objects. */
export function checkFinalizers(metadata: Fields, read: FieldReader): void {
  read.items(metadata, 'finalizers', metadataPath, (item, path) => {
    if (typeof item !== 'string') read.report(path, () => notText(item, 'one finalizer'));
  });
}

/** `ready`: of the endpoint that has it, an item of `list`. */
export function parseIp(
  value: unknown,
  path: FieldPath,
  ready: boolean,
  list: string,
  read: FieldReader,
): AddressFields {
  const text = typeof value === 'string' ? value : '';
  const address = parseAddress(text);
  if (address === undefined)
    read.report(path, (reported) => (text === '' ? notAddress(value, list) : notIp(text, list, reported)));
  return { text, address, ready };
}

function notAddress(value: unknown, list: string): Explanation {
  const explanation = notText(value, 'one IPv4 or IPv6 address');
  if (Array.isArray(value)) return { ...explanation, remedy: eachAlone(list) };
  return isFields(value) ? { ...explanation, remedy: 'write the address alone, as a string' } : explanation;
}

/** Nobody reads more, and to look for a mistake costs ten times what it costs to find that there is one. */
const maxExplained = 1000;

function notIp(text: string, list: string, reported: number): Explanation {
  const { problem, remedy } = reported < maxExplained ? explainAddress(text, list) : noAddress;
  return { message: `${quote(text)} ${problem}`, remedy };
}

/** What is wrong with a value that is no text, or empty. */
export function notText(value: unknown, wanted: string): Explanation {
  const remedy = `write ${wanted} as a string`;
  if (value === undefined || value === null || value === '')
    return { message: 'is missing', remedy, reason: 'FieldValueRequired' };
  return { message: `${quote(value)} is not a string`, remedy };
}

export function parseEndpoint(item: Fields, path: FieldPath, read: FieldReader): EndpointFields {
  const hostname = read.text(item, 'hostname', path);
  const nodeName = read.text(item, 'nodeName', path);
  const { targetRef } = item;
  if (targetRef === undefined)
    return { hostname, nodeName, targetResourceVersion: undefined, targetFieldPath: undefined };

  const targetPath = path.child('targetRef');
  const target = read.fields(targetRef, targetPath, '{kind: Pod, name: web-0}');
  for (const key of ['kind', 'namespace', 'name', 'uid', 'apiVersion']) read.text(target, key, targetPath);
  const targetResourceVersion = read.text(target, 'resourceVersion', targetPath);
  return { hostname, nodeName, targetResourceVersion, targetFieldPath: read.text(target, 'fieldPath', targetPath) };
}

/** `missing`: what a port is that is absent. */
export function parsePort(fields: Fields, path: FieldPath, missing: 0 | 'every', read: FieldReader): PortFields {
  const number = parseNumber(fields.port, path, missing, read);
  const name = read.text(fields, 'name', path) ?? '';
  return { name, number, protocol: read.text(fields, 'protocol', path) || 'TCP' };
}

function parseNumber(port: unknown, path: FieldPath, missing: 0 | 'every', read: FieldReader): PortFields['number'] {
  if (port === undefined || port === null) return missing;
  if (typeof port === 'number' && Number.isInteger(port)) return port;
  read.report(path.child('port'), () => ({
    message: `${quote(port)} is not an integer`,
    remedy: explainPort(port),
  }));
  return undefined;
}
