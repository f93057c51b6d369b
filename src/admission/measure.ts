import { type Fields, fieldsOf } from '../json/fields.ts';

/**
 * What a review may hold, by the heap of 223 MiB that the chart gives: beyond it `JSON.parse`, or what is made of its tree, would fill it.
 * `objectValues` bounds each member of the request, so each of the two objects; the largest that etcd can hold has some 160,000.
 */
export const limits = { values: 500_000, objectValues: 250_000, levels: 10_000 } as const;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** The level of the members of `request`, where the objects are. */
const memberLevel = 3;

/** Which limit a JSON text exceeds, counted in one pass over its bytes; `undefined` for a text that is fit to be parsed. */
export function findExcess(bytes: Uint8Array): string | undefined {
  if (isSurelyFit(bytes)) return undefined;
  let values = 1;
  let level = 0;
  let before = 0; // the values that came before the member that is being read
  let largest = 0; // the values of the largest member
  let empty = false; // whether a container was opened and nothing has come since
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte <= 0x20) continue;
    if (byte === quote) {
      for (i++; i < bytes.length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
      empty = false;
    } else if (byte === comma) {
      values++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++level > limits.levels) return `more than ${limits.levels} levels`;
      if (level === memberLevel) before = values;
      empty = true;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (!empty) values++;
      if (level === memberLevel) largest = Math.max(largest, values - before + 1);
      level--;
      empty = false;
    } else empty = false;
  }
  if (values > limits.values) return `more than ${limits.values} values`;
  return largest > limits.objectValues ? `more than ${limits.objectValues} values in one object` : undefined;
}

/** Whether a text surely holds no more than so many values: each but the first comes after a comma or an opening bracket, in strings or not. */
export function hasFewValues(bytes: Uint8Array, maxValues: number): boolean {
  let values = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if ((byte === comma || byte === 0x7b || byte === 0x5b) && ++values > maxValues) return false;
  }
  return true;
}

/** The longest that names the requester and the object may be together, in characters: they are held while an authorizer is asked. */
const maxIdentityLength = 65_536;

/** Which limit the texts of a request exceed that outlive its judgement; `undefined` where they are short enough to be kept. Copies none. */
export function findExcessOfIdentity(request: Fields, resource: string): string | undefined {
  let length = resource.length;
  for (const text of identityOf(request)) {
    if (typeof text === 'string') length += text.length + 2;
    if (length > maxIdentityLength) return `more than ${maxIdentityLength} characters of user, groups, extra and names`;
  }
  return undefined;
}

function* identityOf({ userInfo, namespace, name, object }: Fields): Iterable<unknown> {
  const { username, uid, groups, extra } = fieldsOf(userInfo);
  yield* [username, uid, namespace, name, fieldsOf(fieldsOf(object).metadata).name];
  if (Array.isArray(groups)) yield* groups;
  const values = fieldsOf(extra);
  for (const key of Object.keys(values)) {
    yield key;
    if (Array.isArray(values[key])) yield* values[key];
  }
}

/** What almost every body passes, at a quarter of the cost: too short for the values, too few brackets (in strings or not) for the levels. */
function isSurelyFit(bytes: Uint8Array): boolean {
  if (bytes.length >= 2 * limits.objectValues) return false;
  if (bytes.length < 2 * limits.levels) return true;
  let opening = 0;
  for (const bracket of [0x7b, 0x5b])
    for (let at = bytes.indexOf(bracket); at >= 0; at = bytes.indexOf(bracket, at + 1))
      if (++opening > limits.levels) return false;
  return true;
}
