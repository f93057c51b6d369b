import type { RequestHead } from './outcome.ts';

/** An object as it is stored, in JSON that nobody has read yet. */
interface WokenObject {
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** What an item of a list does not say itself. */
  readonly type?: { readonly kind: string; readonly apiVersion: string };
  readonly bytes: Buffer;
}

/**
 * The body of a review in which whoever writes a Service writes an object that it puts into service, as a change of all of it. In memory of
 * its own.
 */
export function wokenReview(head: RequestHead, { resource, type, bytes }: WokenObject): Buffer {
  const { uid, namespace, requester, dryRun } = head;
  const { user: username, ...identity } = requester;
  const userInfo = { username, ...identity };
  const request = { uid, resource, namespace, operation: 'UPDATE', userInfo, dryRun };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
  const isTyped = type !== undefined && bytes[0] === openBrace;
  const parts = [
    Buffer.from(`${JSON.stringify(review).slice(0, -2)},"object":${isTyped ? membersText(type) : ''}`),
    isTyped ? bytes.subarray(1) : bytes,
    Buffer.of(closeBrace, closeBrace),
  ];
  const body = Buffer.allocUnsafeSlow(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(body, at);
  return body;
}

const [openBrace, closeBrace] = [0x7b, 0x7d];

/** Up to what comes behind the last of them. */
function membersText(fields: object): string {
  return `${JSON.stringify(fields).slice(0, -1)},`;
}
