import { cutItems, findMember } from '../json/cut-items.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import { type BytesResponse, type GetLimits, getBytes, TooLargeError } from './get.ts';
import { inTime } from './in-time.ts';
import { problemOf, refusalOf } from './outcome.ts';

/** What a Service puts into service. */
export interface WokenQuestion {
  readonly namespace: string;
  /** Of the Service. */
  readonly name: string;
  /** Whether Endpoints of its name and all slices with its label, or only the slices that no controller of Kubernetes keeps. */
  readonly isEverything: boolean;
  /** Asked before so many bytes more are held. */
  readonly mayHold: (bytes: number) => boolean;
}

/** An object as an API server sent it, whole but not read. */
export interface StoredObject {
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** What an item of a list does not say itself. */
  readonly type?: { readonly kind: string; readonly apiVersion: string };
  readonly bytes: Buffer;
}

/** What stands now, or why that could not be read, in words that name nothing of the cluster. */
export type WokenNow =
  | { readonly objects: readonly StoredObject[]; readonly problem?: never }
  | { readonly objects?: never; readonly problem: string };

/** Reads it from an API server. What waits for its turn counts, too: answers after so many milliseconds. Never rejects. */
export type ReadWoken = (question: WokenQuestion, milliseconds: number) => Promise<WokenNow>;

const mebibyte = 1024 * 1024;

/** Endpoints that fill what an API server stores are less in JSON. */
const [maxEndpointsBytes, maxSlicesBytes] = [8 * mebibyte, 16 * mebibyte];

const maxSlices = 100;

/** Each takes two of the pool's 8 connections. */
const maxAtOnce = 2;

const endpoints = { group: '', version: 'v1', resource: 'endpoints' };
const endpointSlices = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };

const sliceType = { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1' };

const [serviceNameLabel, managedByLabel] = ['kubernetes.io/service-name', 'endpointslice.kubernetes.io/managed-by'];

/** They overwrite or delete what they keep, as soon as the Service has a selector. */
const controllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

/** `tell`: is given what an API server says instead of an answer. */
export function createWokenLookup(connection: Connection, tell: (text: string) => void): ReadWoken {
  const gate = createGate(maxAtOnce);
  return async (question, milliseconds) => {
    const { namespace, name } = question;
    if (![namespace, name].every(isLabel)) return { problem: 'no Service can have this name, or be in this namespace' };
    const until = performance.now() + milliseconds;
    const asked = gate(namespace, async () => {
      const timeout = Math.floor(until - performance.now());
      return timeout > 0 ? readAll(connection, question, timeout, tell) : late(milliseconds);
    });
    return inTime<WokenNow>(asked, milliseconds, late);
  };
}

async function readAll(
  connection: Connection,
  { namespace, name, isEverything, mayHold }: WokenQuestion,
  timeout: number,
  tell: (text: string) => void,
): Promise<WokenNow> {
  const read = async (path: string, maxBytes: number, readAnswer: (answer: BytesResponse) => WokenNow) => {
    const limits: GetLimits = { timeout, maxBytes, mayHold };
    try {
      return readAnswer(await getBytes(connection, path, limits));
    } catch (error) {
      return {
        problem:
          error instanceof TooLargeError
            ? `${error.message}: delete what is not needed`
            : `${problemOf(error, connection)}: try again`,
      };
    }
  };
  const all: readonly WokenNow[] = await Promise.all([
    ...(isEverything
      ? [read(`/api/v1/namespaces/${namespace}/endpoints/${name}`, maxEndpointsBytes, readEndpoints(tell))]
      : []),
    read(slicesPath(namespace, name, isEverything), maxSlicesBytes, readSlices(tell)),
  ]);
  const problem = all.find((one) => one.problem !== undefined)?.problem;
  return problem === undefined ? { objects: all.flatMap(({ objects = [] }) => objects) } : { problem };
}

function slicesPath(namespace: string, name: string, isEverything: boolean): string {
  const unmanaged = isEverything ? '' : `,${managedByLabel} notin (${controllers})`;
  const query = new URLSearchParams({
    limit: String(maxSlices),
    labelSelector: `${serviceNameLabel}=${name}${unmanaged}`,
  });
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query}`;
}

type Read = (answer: BytesResponse) => WokenNow;

const readEndpoints =
  (tell: (text: string) => void): Read =>
  (answer) => {
    const { status, bytes } = answer;
    if (status === 404 && isKind(bytes, 'Status')) return { objects: [] };
    if (status !== 200) return refused('get endpoints', answer, tell);
    if (isKind(bytes, 'Endpoints')) return { objects: [{ resource: endpoints, bytes }] };
    return { problem: 'the API server answered with something else than Endpoints: try again' };
  };

const readSlices =
  (tell: (text: string) => void): Read =>
  (answer) => {
    if (answer.status !== 200) return refused('list endpointslices', answer, tell);
    const list = cutItems(answer.bytes);
    if (!list) return { problem: 'the API server answered something that is no list: try again' };
    if (fieldsOf(list.metadata).continue)
      return { problem: `more than ${maxSlices} EndpointSlices have its label: delete what is not needed` };
    return { objects: list.items.map((bytes) => ({ resource: endpointSlices, type: sliceType, bytes })) };
  };

/** Of a whole object, which says its kind. */
function isKind(bytes: Buffer, kind: string): boolean {
  const at = findMember(bytes, 'kind');
  return at !== undefined && Buffer.from(`"${kind}"`).equals(bytes.subarray(at, at + kind.length + 2));
}

function refused(what: string, { status, bytes }: BytesResponse, tell: (text: string) => void): WokenNow {
  tell(refusalOf(status, parseStatus(bytes)));
  const remedy = status === 403 ? 'endpoints-webhook has to be granted that' : 'try again';
  return { problem: `the API server answered ${status} when asked to ${what}: ${remedy}` };
}

const maxStatusBytes = 65_536;

function parseStatus(bytes: Buffer): unknown {
  try {
    return bytes.length > maxStatusBytes ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function late(milliseconds: number): WokenNow {
  return { problem: `the API server did not answer within ${Math.round(milliseconds)} ms: try again` };
}

/** As namespaces and Services are called. Anything else would be another path. */
function isLabel(text: string): boolean {
  return /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}
