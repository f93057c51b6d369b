import { gunzipSync } from 'node:zlib';
import { type Fields, isFields } from '../json/fields.ts';

/** More characters in one text, and bytes in one that is packed, are not read. */
export const maxText = 4_194_304;

/** Whether a text may be YAML or JSON that holds an object of ours. Letters may be written as escapes. */
export function mayHoldObjects(text: string): boolean {
  if (!/[\n{[]/.test(text) || !text.includes(':')) return false;
  return (/endpoint/i.test(text) && /kind/i.test(text)) || /\\[xuU]/.test(text);
}

/** Whether a text that is no YAML is a template, of which such an object would come. */
export function isTemplateText(text: string): boolean {
  return /\{\{|\{%|<<|\$\{/.test(text) && /\bkind["']?\s*:\s*["']?Endpoint(?:s|Slice)?\b/i.test(text);
}

/** An object with its packed texts as they are: the data of a Secret, binaryData of a ConfigMap, the content in a Bundle of Fleet. */
export function decodeTexts(object: Fields): Fields {
  const { kind, data, binaryData, content, encoding } = object;
  if (kind === 'Secret' && isFields(data)) return { ...object, data: decodeMembers(data) };
  if (kind === 'ConfigMap' && isFields(binaryData)) return { ...object, binaryData: decodeMembers(binaryData) };
  if (typeof content !== 'string' || typeof encoding !== 'string' || !encoding.startsWith('base64')) return object;
  return { ...object, content: encoding === 'base64+gz' ? unpack(content) : decode(content) };
}

function decodeMembers(data: Fields): Fields {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? decode(value) : value]),
  );
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

/** What cannot be unpacked is not applied by anybody either. `undefined`: it is too large. */
function unpack(text: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: maxText }).toString();
  } catch (error) {
    return error instanceof RangeError ? undefined : text;
  }
}
