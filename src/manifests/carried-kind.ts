import { type Fields, isFields } from '../json/fields.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import { kindMeant } from './near-miss.ts';
import { isPlaceholder } from './placeholders.ts';

/**
 * The judged kind of a whole manifest inside another object. A reference to an object has neither metadata nor content; a part of an object,
 * as in a patch, counts by its content alone.
 */
export function carriedKind(object: Fields, isPartial: boolean): KindDefinition | undefined {
  const meant = typeof object.kind === 'string' ? kindMeant(object) : undefined;
  return meant && (hasLists(object, meant) || (!isPartial && isFields(object.metadata))) ? meant : undefined;
}

/** What a rule of Kyverno generates: its content is in `data`, the rest beside it. */
export function generatedObject(rule: Fields): { readonly kind: KindDefinition; readonly object: Fields } | undefined {
  const { kind, apiVersion, name, namespace, data } = rule;
  const meant = isFields(data) && typeof kind === 'string' ? kindMeant(rule) : undefined;
  if (!meant || !isFields(data) || !hasLists(data, meant)) return undefined;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(isFields(data.metadata) && data.metadata),
  };
  return { kind: meant, object: { kind, apiVersion, ...data, metadata } };
}

function hasLists(object: Fields, { content }: KindDefinition): boolean {
  return content.some((key) => Array.isArray(object[key]) || isPlaceholderText(object[key]));
}

/** A list that is filled in later is a text. */
function isPlaceholderText(value: unknown): boolean {
  return typeof value === 'string' && isPlaceholder(value);
}
