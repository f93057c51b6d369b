import { type Fields, isFields } from '../json/fields.ts';
import { allKinds, kindNamed } from '../kinds/index.ts';
import type { KindDefinition } from '../kinds/kind.ts';
import { distance } from '../policy/nearest.ts';
import { isPlaceholder } from './placeholders.ts';

/**
 * The judged kind that an object is, or was meant to be: its kind is misspelt or missing, or its apiVersion is not the kind’s. What is wrong
 * is a finding of the kind’s parser. A kind of the same name in a group of somebody else is not meant.
 */
export function kindMeant(object: Fields): KindDefinition | undefined {
  const apiVersion = fieldOf(object, 'apiVersion');
  const kind = fieldOf(object, 'kind');
  if (isForeign(apiVersion) || isListKind(kind)) return undefined;
  const hasVersion = typeof apiVersion === 'string';
  if (typeof kind === 'string' && kind.trim() !== '' && !isPlaceholder(kind)) {
    const near = hasVersion || hasBody(object);
    return kindNamed(kind) ?? (near ? allKinds.find((known) => isNear(kind, known.kind)) : undefined);
  }
  if (!hasVersion && !isFields(object.metadata)) return undefined;
  return allKinds.find(
    (known) =>
      hasContent(object, known) || (known.group !== '' && hasVersion && apiVersion.startsWith(`${known.group}/`)),
  );
}

/** Whether it has what only an object of this kind has: many have ports. */
function hasContent(object: Fields, { content }: KindDefinition): boolean {
  const own = content.filter((key) => key !== 'ports').map((key) => object[key]);
  return own.every((value) => value !== undefined) && own.some((value) => Array.isArray(value));
}

function hasBody(object: Fields): boolean {
  return isFields(object.metadata) || allKinds.some((known) => hasContent(object, known));
}

/** Of a key that may be in another case. */
function fieldOf(object: Fields, wanted: string): unknown {
  if (Object.hasOwn(object, wanted)) return object[wanted];
  const key = Object.keys(object).find((name) => name.toLowerCase() === wanted.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** Also a misspelt one: `EndpointsList` is almost `EndpointSlice`. */
export function isListKind(kind: unknown): kind is string {
  return typeof kind === 'string' && /lists?\s*$/i.test(kind);
}

/** The group of a custom resource has a dot, and not the domain of Kubernetes. */
export function isForeign(apiVersion: unknown): boolean {
  if (typeof apiVersion !== 'string' || !apiVersion.includes('/')) return false;
  const group = apiVersion.slice(0, apiVersion.indexOf('/')).trim().toLowerCase();
  if (!group.includes('.') || group.endsWith('.k8s.io')) return false;
  return !allKinds.some((known) => known.group !== '' && isSlip(group, known.group));
}

/** At most one letter is wrong, or two are exchanged. */
function isSlip(word: string, wanted: string): boolean {
  const sorted = (text: string) => [...text].sort().join('');
  const edits = nearDistance(word, wanted, 2);
  return edits <= 1 || (edits === 2 && sorted(word) === sorted(wanted));
}

/** Letters of other alphabets may look like any letter. */
export function isNear(word: string, wanted: string): boolean {
  const letters = [...word.replace(/[\s\p{Cc}\p{Cf}]/gu, '').slice(0, 64)];
  const seen =
    letters.length === wanted.length
      ? letters.map((letter, i) => (letter > '~' ? wanted[i] : letter)).join('')
      : letters.join('');
  return nearDistance(seen.toLowerCase(), wanted.toLowerCase(), 2) <= 2;
}

/** Not computed for words whose lengths differ by more than `most`. */
function nearDistance(word: string, wanted: string, most: number): number {
  return Math.abs(word.length - wanted.length) > most ? Number.POSITIVE_INFINITY : distance(word, wanted);
}
