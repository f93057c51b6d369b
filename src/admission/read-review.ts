import { isAscii } from 'node:buffer';
import type { View } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { keysOf, Scanner, undecided } from '../json/scanner.ts';
import { kindOfResource, resourceName } from '../kinds/index.ts';
import type { Operation } from '../review/judge.ts';
import { findExcessOfIdentity, limits } from './measure.ts';
import { decodeRequest, type OwnRequest } from './request.ts';

/** A request to create or update an object in which nothing is malformed, without the objects themselves. */
export interface ReadReview {
  readonly request: OwnRequest & { readonly operation: Operation };
  readonly view: View;
  /** What an UPDATE replaces, parsed when it is asked for. */
  readonly previous: () => unknown;
}

/**
 * Reads a review in one pass over its bytes, without a tree. `undefined` for whatever it cannot decide, which is then for `decodeReview`:
 * what it reads, that reads alike.
 */
export function readReview(bytes: Buffer): ReadReview | undefined {
  if (!isAscii(bytes)) return undefined;
  try {
    return readRoot(new Scanner(bytes, 0, limits.objectValues));
  } catch {
    return undefined;
  }
}

const rootKeys = keysOf('kind', 'apiVersion', 'request');

function readRoot(scan: Scanner): ReadReview {
  const sent: unknown[] = [];
  let read: ReadReview | undefined;
  if (!scan.enterObject()) throw undecided;
  for (let key = scan.nextMember(rootKeys, 0); key >= 0; key = scan.nextMember(rootKeys, key + 1)) {
    if (key in sent) throw undecided;
    if (key === rootKeys.length) scan.skipValue();
    else if (key < 2) sent[key] = scan.parseValue();
    else sent[key] = read = readRequest(scan);
  }
  if (!scan.isAtEnd() || sent[0] !== 'AdmissionReview' || sent[1] !== 'admission.k8s.io/v1' || !read) throw undecided;
  return read;
}

const requestNames = ['uid', 'resource', 'name', 'namespace', 'operation', 'userInfo', 'object', 'oldObject', 'dryRun'];
const requestKeys = keysOf(...requestNames);

function readRequest(scan: Scanner): ReadReview {
  const fields: Record<string, unknown> = {};
  let view: View | undefined;
  let oldStart = 0;
  if (!scan.enterObject()) throw undecided;
  for (let key = scan.nextMember(requestKeys, 0); key >= 0; key = scan.nextMember(requestKeys, key + 1)) {
    const name = requestNames[key];
    if (name === undefined) scan.skipValue();
    else if (Object.hasOwn(fields, name)) throw undecided;
    else if (name === 'object') {
      view = readObject(scan, fields.resource);
      fields[name] = { metadata: { name: view.name } };
    } else if (name === 'oldObject') {
      oldStart = scan.findValue();
      scan.skipValue();
      fields[name] = undefined;
    } else fields[name] = scan.parseValue();
  }
  const { request } = decodeRequest(fields);
  if (!view || !request?.kind || findExcessOfIdentity(request)) throw undecided;
  const { kind, operation } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') throw undecided;
  const previous = () => (oldStart === 0 ? undefined : new Scanner(scan.bytes, oldStart).parseValue());
  return { request: { ...request, kind, operation, object: undefined }, view, previous };
}

function readObject(scan: Scanner, resource: unknown): View {
  const { group = '', resource: name } = fieldsOf(resource);
  if (typeof name !== 'string' || typeof group !== 'string') throw undecided;
  const definition = kindOfResource(resourceName({ group, resource: name }));
  if (!definition) throw undecided;
  return definition.readBytes(scan);
}
