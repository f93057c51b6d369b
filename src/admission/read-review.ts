import { isAscii } from 'node:buffer';
import type { View } from '../endpoints/view.ts';
import { membersOf, readMembers } from '../json/members.ts';
import { Scanner } from '../json/scanner.ts';
import { parseValue, skipValue } from '../json/skip-value.ts';
import { undecided } from '../json/tokens.ts';
import { kindOfResource } from '../kinds/index.ts';
import type { ReadObject } from '../kinds/kind.ts';
import type { Operation } from '../review/judge.ts';
import { lazy } from '../review/lazy.ts';
import type { SentObjects } from '../review/review.ts';
import { limits } from './measure.ts';
import { decodeRequest, decodeResource, type OwnRequest } from './request.ts';

/** A request to create or update an object in which nothing is malformed. Of the object it has the metadata alone. */
export interface ReadReview {
  readonly request: OwnRequest & { readonly operation: Operation };
  readonly view: View;
  readonly sent: SentObjects;
}

/**
 * Reads a review of so many values in one pass over its bytes, without a tree. `undefined` for whatever it cannot decide, which is then
 * for `decodeReview`: what it reads, that reads alike.
 */
export function readReview(bytes: Buffer, maxValues: number = limits.values): ReadReview | undefined {
  if (!isAscii(bytes)) return undefined;
  try {
    return readRoot(new Scanner(bytes, 0, maxValues));
  } catch {
    return undefined;
  }
}

/** What is read of a review, member by member. */
interface Reading {
  readonly scan: Scanner;
  readonly review: Record<string, unknown>;
  readonly request: Record<string, unknown>;
  read?: ReadObject;
  /** Where the object begins. */
  start: number;
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
      reading.start = reading.scan.findValue();
      reading.read = readObject(reading.scan, reading.request.resource);
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
  const reading: Reading = { scan, review: {}, request: {}, start: 0, oldStart: 0 };
  readMembers(scan, reviewMembers, reading);
  const { review, read, start, oldStart } = reading;
  if (!scan.isAtEnd() || review.kind !== 'AdmissionReview' || review.apiVersion !== 'admission.k8s.io/v1' || !read)
    throw undecided;
  const { request } = decodeRequest({ ...reading.request, object: { metadata: read.metadata } });
  if (!request?.kind) throw undecided;
  const { kind, operation } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') throw undecided;
  const parse = (at: number) => lazy(() => (at === 0 ? undefined : parseValue(new Scanner(scan.bytes, at))));
  return {
    request: { ...request, kind, operation },
    view: read.view,
    sent: { object: parse(start), previous: parse(oldStart) },
  };
}

function readObject(scan: Scanner, resource: unknown): ReadObject {
  const definition = kindOfResource(decodeResource(resource) ?? '');
  if (!definition?.readBytes) throw undecided;
  return definition.readBytes(scan);
}
