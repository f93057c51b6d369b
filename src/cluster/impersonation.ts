import type { Headers } from './headers.ts';
import type { Impersonation } from './user-entry.ts';

/** The headers by which a call acts as somebody else. The client sends the name only (kubernetes-client/javascript issue 2355). */
export function impersonationHeaders(as: Impersonation | undefined): Headers {
  if (!as) return {};
  return {
    'impersonate-user': as.user,
    ...(as.uid !== undefined && { 'impersonate-uid': as.uid }),
    ...(as.groups.length > 0 && { 'impersonate-group': [...as.groups] }),
    ...Object.fromEntries(as.extra.map(([key, values]) => [`impersonate-extra-${escapeKey(key)}`, [...values]])),
  };
}

/** Whatever a header name may not hold, and the percent sign itself, byte by byte. */
function escapeKey(key: string): string {
  return [...Buffer.from(key, 'utf8')].map(escapeByte).join('');
}

function escapeByte(byte: number): string {
  const letter = String.fromCharCode(byte);
  return /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
