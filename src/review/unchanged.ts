import { serviceLabels } from '../endpoints/endpoint-slice.ts';
import { leader, mirroredLabels, skipMirror } from '../endpoints/endpoints.ts';
import { type Fields, fieldsOf, isFields } from '../endpoints/fields.ts';
import type { Parsed } from '../endpoints/members.ts';
import { parse } from '../endpoints/parse.ts';
import { type Kind, sameView } from '../endpoints/view.ts';

/** What is compared as it was sent: of slices always, of Endpoints where either side cannot be read. */
const contents: Readonly<Record<Kind, readonly string[]>> = {
  Endpoints: ['kind', 'apiVersion', 'subsets'],
  EndpointSlice: ['kind', 'apiVersion', 'addressType', 'endpoints', 'ports'],
};

/**
 * Whether an update leaves everything that rules look at as it was, and what puts the object into service with it. Of a slice every
 * member of `endpoints` counts, conditions too: they say who gets traffic. Where either side cannot be read, what they were sent as is
 * compared instead. An object being deleted has no privilege: a finalizer keeps it alive and in service.
 */
export function isUnchanged({ view, findings }: Parsed, object: unknown, previous: unknown): boolean {
  if (!isFields(object) || !isFields(previous)) return false;
  const { kind } = view;
  const before = parse(kind, previous, 1);
  const readable = findings.length === 0 && before.findings.length === 0;
  if (readable && kind === 'Endpoints') return sameView(view, before.view);
  return (
    (readable
      ? view.service === before.view.service
      : sameJson(judgedMetadata(object, kind), judgedMetadata(previous, kind))) &&
    contents[kind].every((key) => sameJson(object[key], previous[key]))
  );
}

const judgedLabels: Readonly<Record<Kind, readonly string[]>> = {
  Endpoints: [skipMirror, ...mirroredLabels],
  EndpointSlice: serviceLabels,
};

/** What is looked at in metadata, as it was sent. */
function judgedMetadata({ metadata }: Fields, kind: Kind): unknown {
  if (!isFields(metadata)) return metadata;
  const { name, generateName, labels, annotations, ownerReferences } = metadata;
  return {
    name,
    generateName,
    labels: unreadable(labels),
    annotations: unreadable(annotations),
    judgedLabels: judgedLabels[kind].map((key) => fieldsOf(labels)[key]),
    ...(kind === 'Endpoints' ? { led: Object.hasOwn(fieldsOf(annotations), leader) } : { ownerReferences }),
  };
}

/** Readable labels and annotations count as absent: rules look at few of them. */
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
