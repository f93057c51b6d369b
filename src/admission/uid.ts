import { isUtf8 } from 'node:buffer';
import { maxUidLength } from './request.ts';

/** As much of a body as is searched. API servers write the uid within the first 200 bytes. */
export const prefixLength = 65_536;

/** A uid is at the second level; what comes before it is shallow. */
const maxDepth = 64;

/** The `request.uid` of an AdmissionReview of which only the first bytes are there; `undefined` where they do not hold one. */
export function uidFromPrefix(prefix: Buffer): string | undefined {
  const text = prefix.toString('latin1', 0, prefixLength);
  const path: string[] = []; // the key at each level; '' in a list
  let key = ''; // the string that was read last
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character <= ' ') continue;
    if (character === '"') {
      const end = endOfString(text, i);
      if (end < 0) return undefined;
      const string = decodeString(prefix.subarray(i, end + 1));
      if (path.length === 2 && path[0] === 'request' && path[1] === 'uid') return usable(string);
      key = string ?? '';
      i = end;
    } else if (character === ':') path[path.length - 1] = key;
    else if (character === ',') path[path.length - 1] = '';
    else if (character === '{' || character === '[') path.push('');
    else if (character === '}' || character === ']') path.pop();
    if (path.length === 0 || path.length > maxDepth) return undefined;
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function decodeString(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function usable(uid: string | undefined): string | undefined {
  return uid !== undefined && uid !== '' && uid.length <= maxUidLength ? uid : undefined;
}
