import type { Fields } from '../json/fields.ts';
import { allKinds } from '../kinds/index.ts';
import { isForeign, isListKind, isNear } from './near-miss.ts';

const known: readonly string[] = ['List', ...allKinds.map(({ kind }) => `${kind}List`)];

/** A list whose items are taken apart, or one of ours that is misspelt: nothing is to be done with its items then either. */
export function isList(object: Fields): boolean {
  return isListKind(object.kind) && (Array.isArray(object.items) || listMeant(object) !== undefined);
}

/** The kind of list that was meant, where it is misspelt; `undefined` where nothing is. */
export function listMeant({ kind, apiVersion, items }: Fields): string | undefined {
  if (!isListKind(kind) || known.includes(kind) || isForeign(apiVersion)) return undefined;
  if (typeof apiVersion !== 'string' && !Array.isArray(items)) return undefined;
  if (/^\s*lists?\s*$/i.test(kind)) return 'List';
  return known.slice(1).find((list) => isNear(kind, list));
}

/** What items may leave out in a list of one kind. */
export function impliedBy(list: Fields): Fields | undefined {
  const wanted = listMeant(list) ?? list.kind;
  const item = allKinds.find(({ kind }) => wanted === `${kind}List`);
  return item && { kind: item.kind, apiVersion: list.apiVersion };
}
