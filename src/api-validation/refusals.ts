import { FieldPath } from '../endpoints/field-path.ts';
import type { EndpointKind, Kind } from '../endpoints/view.ts';
import { type Fields, fieldsOf } from '../json/fields.ts';
import { checkDecodable } from './decode.ts';
import { checkEndpointSlice } from './endpoint-slice.ts';
import { checkEndpoints } from './endpoints.ts';
import { checkObjectMeta } from './object-meta.ts';
import { collectInto, type Refusal, type Report } from './report.ts';
import { shapes } from './shapes.ts';

const checks: Readonly<Record<EndpointKind, (object: Fields, report: Report) => void>> = {
  Endpoints: checkEndpoints,
  EndpointSlice: checkEndpointSlice,
};

/** The longest request that an API server reads. */
const maxBytes = 3 * 1024 * 1024;

/**
 * What an API server of Kubernetes 1.37 refuses of a new object as kubectl sends it (field validation is strict), whatever our rules
 * say of it; `limit` refusals at most. What `well-formed` never lets through is left to it: addresses that cannot be read, and a type
 * of addresses that there is none of. Nothing of Services.
 */
export function listRefusals(kind: Kind, object: unknown, limit: number): readonly Refusal[] {
  if (!isShaped(kind)) return [];
  const refusals: Refusal[] = [];
  const report = collectInto(refusals, limit);
  const fields = fieldsOf(object);
  checkDecodable(object, shapes[kind], report);
  checkObjectMeta(fields, report);
  checks[kind](fields, report);
  if (bytesOf(object) > maxBytes)
    report(FieldPath.root, () => ({ message: `is more than ${maxBytes} bytes as JSON`, remedy: 'split the object' }));
  return refusals;
}

function isShaped(kind: Kind): kind is EndpointKind {
  return Object.hasOwn(shapes, kind);
}

/** 0 for what nests too deep to be written: it is in a field that is unknown. */
function bytesOf(object: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(object) ?? '');
  } catch {
    return 0;
  }
}
