import { quote } from '../endpoints/quote.ts';
import type { Kind } from '../endpoints/view.ts';
import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import { kindNamed, kindOfResource, kinds, resourceName } from '../kinds/index.ts';
import type { Requester } from '../policy/exemption.ts';
import { findExcessOfIdentity } from './measure.ts';

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** What an API server asks (admission.k8s.io/v1, AdmissionReview.request), as far as we look at it. */
export type AdmissionRequest = OwnRequest | ForeignRequest;

/** A request about an object that is judged, as one of this kind. */
export interface OwnRequest extends RequestFields {
  readonly kind: Kind;
}

/** A request about a resource that is not judged: a webhook is registered for it by mistake. */
export interface ForeignRequest extends RequestFields {
  readonly kind: undefined;
}

interface RequestFields {
  readonly uid: string;
  readonly operation: (typeof operations)[number];
  /** Such as `endpoints` or `deployments.apps`; where it cannot be read, the resource of the kind that the object says it is. */
  readonly resource: string;
  /** `''` where absent. */
  readonly name: string;
  readonly namespace: string;
  readonly requester: Requester;
  readonly dryRun: boolean;
  readonly object: unknown;
  readonly previous: unknown;
}

/** Longer ones are not made by an API server, and an answer has to repeat them. */
export const maxUidLength = 256;

/** A request, or why no verdict can be addressed, or which limit what would be kept of it exceeds. */
export type DecodeResult =
  | { readonly request: AdmissionRequest; readonly problem?: never; readonly excess?: never }
  | { readonly request?: never; readonly problem: string; readonly excess?: never }
  | { readonly request?: never; readonly problem?: never; readonly excess: string };

/** Decodes the text of an AdmissionReview. Never throws. */
export function decodeReview(text: string): DecodeResult {
  if (text.trim() === '') return { problem: 'the body is empty: send an AdmissionReview' };
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    return { problem: 'the body is not JSON' };
  }
  if (!isFields(review) || review.kind !== 'AdmissionReview')
    return {
      problem: `the body is not an AdmissionReview but ${isFields(review) ? quote(review.kind) : quote(review)}`,
    };
  if (review.apiVersion !== 'admission.k8s.io/v1')
    return { problem: `apiVersion ${quote(review.apiVersion)} is not supported: send admission.k8s.io/v1` };
  if (!isFields(review.request)) return { problem: 'the AdmissionReview has no request' };
  return decodeRequest(review.request);
}

/** Decodes a request that has been parsed. Never throws. */
export function decodeRequest(request: Fields): DecodeResult {
  const { uid, operation } = request;
  if (typeof uid !== 'string' || uid === '') return { problem: `request.uid ${quote(uid)} is not a non-empty string` };
  if (uid.length > maxUidLength) return { problem: `request.uid is longer than ${maxUidLength} characters` };
  const known = operations.find((name) => name === operation);
  if (!known) return { problem: `request.operation ${quote(operation)} is not one of ${operations.join(', ')}` };
  const { object, oldObject: previous } = request;
  const resource = readResource(request.resource, object);
  const excess = findExcessOfIdentity(request, resource);
  if (excess) return { excess };
  return {
    request: {
      uid,
      operation: known,
      resource,
      kind: kindOfResource(resource)?.kind,
      name: text(request.name),
      namespace: text(request.namespace),
      requester: requester(request.userInfo),
      dryRun: request.dryRun === true,
      object,
      previous,
    },
  };
}

/** The qualified name of the resource that a request names; `undefined` where it cannot be read. */
export function decodeResource(sent: unknown): string | undefined {
  const { group = '', resource } = fieldsOf(sent);
  return typeof resource === 'string' && typeof group === 'string' ? resourceName({ group, resource }) : undefined;
}

/** A resource that cannot be read is taken for ours: then its object is judged, as what it says it is or else as Endpoints, and not let through. */
function readResource(sent: unknown, object: unknown): string {
  return decodeResource(sent) ?? resourceName(kindNamed(fieldsOf(object).kind) ?? kinds.Endpoints);
}

function requester(userInfo: unknown): Requester {
  const { username, uid, groups, extra } = fieldsOf(userInfo);
  const extras = Object.entries(fieldsOf(extra)).map(([key, values]) => [key, texts(values)]);
  return { user: text(username), uid: text(uid), groups: texts(groups), extra: Object.fromEntries(extras) };
}

function texts(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
