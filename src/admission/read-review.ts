import { isAscii } from 'node:buffer';
import type { View } from '../endpoints/view.ts';
import { fieldsOf } from '../json/fields.ts';
import { membersOf, readMembers } from '../json/members.ts';
import { Scanner } from '../json/scanner.ts';
import { parseValue, skipValue } from '../json/skip-value.ts';
import { undecided } from '../json/tokens.ts';
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
    return readRoot(new Scanner(bytes, 0, limits.values));
  } catch {
    return undefined;
  }
}

/** What is read of a review, member by member. */
interface Reading {
  readonly scan: Scanner;
  readonly review: Record<string, unknown>;
  readonly request: Record<string, unknown>;
  view?: View;
  /** Where the old object begins; 0 where there is none. */
  oldStart: number;
}

type Read = (reading: Reading) => void;

const parsed =
  (part: 'review' | 'request', name: string): Read =>
  (reading) => {
    reading[part][name] = parseValue(reading.scan);
  };

/** Each member of a request may hold as many values as `findExcess` lets it. */
const bounded =
  (read: Read): Read =>
  (reading) => {
    const { scan } = reading;
    const { maxValues } = scan;
    scan.maxValues = Math.min(maxValues, scan.values + limits.objectValues - 1);
    read(reading);
    scan.maxValues = maxValues;
  };

const requestMembers = membersOf<Reading>(
  {
    ...Object.fromEntries(
      ['uid', 'resource', 'name', 'namespace', 'operation', 'userInfo'].map((name) => [
        name,
        bounded(parsed('request', name)),
      ]),
    ),
    object: bounded((reading) => {
      reading.view = readObject(reading.scan, reading.request.resource);
    }),
    oldObject: bounded((reading) => {
      reading.oldStart = reading.scan.findValue();
      skipValue(reading.scan);
    }),
    dryRun: bounded(parsed('request', 'dryRun')),
  },
  bounded(({ scan }) => skipValue(scan)),
);

const reviewMembers = membersOf<Reading>({
  kind: parsed('review', 'kind'),
  apiVersion: parsed('review', 'apiVersion'),
  request: (reading) => {
    readMembers(reading.scan, requestMembers, reading);
  },
});

function readRoot(scan: Scanner): ReadReview {
  const reading: Reading = { scan, review: {}, request: {}, oldStart: 0 };
  readMembers(scan, reviewMembers, reading);
  const { review, view, oldStart } = reading;
  if (!scan.isAtEnd() || review.kind !== 'AdmissionReview' || review.apiVersion !== 'admission.k8s.io/v1' || !view)
    throw undecided;
  const { request } = decodeRequest({ ...reading.request, object: { metadata: { name: view.name } } });
  if (!request?.kind || findExcessOfIdentity(request)) throw undecided;
  const { kind, operation } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') throw undecided;
  const previous = () => (oldStart === 0 ? undefined : parseValue(new Scanner(scan.bytes, oldStart)));
  return { request: { ...request, kind, operation, object: undefined }, view, previous };
}

function readObject(scan: Scanner, resource: unknown): View {
  const { group = '', resource: name } = fieldsOf(resource);
  if (typeof name !== 'string' || typeof group !== 'string') throw undecided;
  const definition = kindOfResource(resourceName({ group, resource: name }));
  if (!definition) throw undecided;
  return definition.readBytes(scan);
}
