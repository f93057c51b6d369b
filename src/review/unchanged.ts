import type { ParsedObject } from '../endpoints/members.ts';
import type { View } from '../endpoints/view.ts';
import { type Fields, fieldsOf, isFields } from '../json/fields.ts';
import { sameJson } from '../json/same-json.ts';
import { kinds } from '../kinds/index.ts';
import { maxFinalizerComparisons, type ServingFields, servingStateAsSent } from '../kinds/serving-state.ts';

/**
 * Whether an update leaves the content and the serving state of an object as they were: then it stays allowed, whatever rules or the
 * cluster have become. Where either side cannot be read, the metadata is compared as it was sent. An object that is being deleted gets
 * no exception: a new finalizer keeps it alive and in service, so it is a change; one that is taken away is none. The
 * conditions of webhooks and ValidatingAdmissionPolicies say the same.
 */
export function isUnchanged(
  { view, findings }: ParsedObject,
  parsePrevious: () => ParsedObject | undefined,
  { object, previous }: { readonly object: unknown; readonly previous?: unknown },
  extraServiceLabels: readonly string[],
): boolean {
  if (!isFields(object) || !isFields(previous)) return false;
  const { content, servingState } = kinds[view.kind];
  if (!['kind', 'apiVersion', ...content].every((key) => sameJson(object[key], previous[key]))) return false;
  if (hasNewFinalizer(object, previous) || !sameLabels(extraServiceLabels, object, previous)) return false;
  const before = parsePrevious();
  return before && findings.length === 0 && before.findings.length === 0
    ? sameMetadata(view, before.view)
    : sameJson(metadataAsSent(object, servingState), metadataAsSent(previous, servingState));
}

function sameLabels(keys: readonly string[], object: Fields, previous: Fields): boolean {
  const [labels, before] = [object, previous].map(({ metadata }) => fieldsOf(fieldsOf(metadata).labels));
  return keys.every((key) => sameJson(labels?.[key], before?.[key]));
}

function sameMetadata(a: View, b: View): boolean {
  return a.name === b.name && a.generateName === b.generateName && a.servingState === b.servingState;
}

/** What is looked at in metadata, as it was sent. */
function metadataAsSent({ metadata }: Fields, servingState: ServingFields): unknown {
  if (!isFields(metadata)) return metadata;
  const { name, generateName, finalizers } = metadata;
  return {
    name,
    generateName,
    finalizers: isTexts(finalizers) ? undefined : finalizers,
    servingState: servingStateAsSent(servingState, metadata),
  };
}

function hasNewFinalizer(object: Fields, previous: Fields): boolean {
  const [finalizers, before] = [finalizersOf(object), finalizersOf(previous)];
  const comparisons = finalizers.length * (before.length + 20); // as CEL counts them
  const known = new Set(before);
  return comparisons > maxFinalizerComparisons || finalizers.some((finalizer) => !known.has(finalizer));
}

function finalizersOf({ metadata }: Fields): readonly string[] {
  const { finalizers } = fieldsOf(metadata);
  return Array.isArray(finalizers) ? finalizers.filter(isText) : [];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
