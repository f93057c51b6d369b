import { cutItems, findMember } from '../json/cut-items.ts';
import { fieldsOf } from '../json/fields.ts';
import { type BytesResponse, parseJson } from './get.ts';
import { refusalOf } from './outcome.ts';

/** An object as an API server sent it, whole but not read. */
export interface StoredObject {
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** What an item of a list does not say itself. */
  readonly type?: { readonly kind: string; readonly apiVersion: string };
  readonly bytes: Buffer;
}

/**
 * What stands now, or why that could not be read, in words that name nothing of the cluster. `isTooMuch`: what stands is the reason, which
 * whoever writes it has chosen.
 */
export type WokenNow =
  | { readonly objects: readonly StoredObject[]; readonly problem?: never; readonly isTooMuch?: never }
  | { readonly objects?: never; readonly problem: string; readonly isTooMuch?: true };

export const maxSlices = 100;

const endpoints = { group: '', version: 'v1', resource: 'endpoints' };
const endpointSlices = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };

const sliceType = { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1' };

/** `tell`: is given what an API server says instead of an answer. */
type ReadAnswer = (tell: (text: string) => void) => (answer: BytesResponse) => WokenNow;

export const readEndpoints: ReadAnswer = (tell) => (answer) => {
  const { status, bytes } = answer;
  if (status === 404 && isKind(bytes, 'Status')) return { objects: [] };
  if (status !== 200) return refused('get endpoints', answer, tell);
  if (isKind(bytes, 'Endpoints')) return { objects: [{ resource: endpoints, bytes }] };
  return { problem: 'the API server answered with something else than Endpoints: try again' };
};

export const readSlices: ReadAnswer = (tell) => (answer) => {
  if (answer.status !== 200) return refused('list endpointslices', answer, tell);
  const list = cutItems(answer.bytes);
  if (!list) return { problem: 'the API server answered something that is no list: try again' };
  if (fieldsOf(list.metadata).continue)
    return {
      problem: `more than ${maxSlices} EndpointSlices have its label: delete what is not needed`,
      isTooMuch: true,
    };
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
  return bytes.length > maxStatusBytes ? undefined : parseJson(bytes.toString('utf8'));
}
