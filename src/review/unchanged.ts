import { type Parsed, parseEndpoints } from '../endpoints/endpoints.ts';
import { type Fields, isFields } from '../endpoints/fields.ts';
import { sameView } from '../endpoints/view.ts';

/**
 * Whether an update leaves everything that rules look at as it was. Where either side cannot be read, what they were sent as
 * is compared instead. An object being deleted has no privilege: a finalizer keeps it alive and in service.
 */
export function isUnchanged(parsed: Parsed, object: unknown, previous: unknown): boolean {
  if (!isFields(object) || !isFields(previous)) return false;
  const before = parseEndpoints(previous, 1);
  if (parsed.findings.length === 0 && before.findings.length === 0) return sameView(parsed.view, before.view);
  return (
    parsed.view.service === before.view.service &&
    sameJson(judgedMetadata(object), judgedMetadata(previous)) &&
    sameJson(object.kind, previous.kind) &&
    sameJson(object.apiVersion, previous.apiVersion) &&
    sameJson(object.subsets, previous.subsets)
  );
}

function judgedMetadata({ metadata }: Fields): unknown {
  if (!isFields(metadata)) return metadata;
  const { name, generateName, labels, annotations } = metadata;
  return { name, generateName, labels: unreadable(labels), annotations: unreadable(annotations) };
}

/** Readable labels and annotations count as absent: what rules look at in them is compared already. */
function unreadable(value: unknown): unknown {
  return isFields(value) ? undefined : value;
}

/** Deep equality of JSON where null, [] and absent are the same. Not recursive: input may be thousands of levels deep. */
export function sameJson(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let next = pairs.pop(); next; next = pairs.pop()) {
    const [a, b] = next;
    if (a === b || (isAbsent(a) && isAbsent(b))) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) pairs.push([a[i], b[i]]);
    } else if (isFields(a) && isFields(b)) {
      for (const key of Object.keys(a)) pairs.push([a[key], Object.hasOwn(b, key) ? b[key] : undefined]);
      for (const key of Object.keys(b)) if (!Object.hasOwn(a, key)) pairs.push([undefined, b[key]]);
    } else return false;
  }
  return true;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
