/** What stands between the labels of a name, as resolvers of internationalized names (RFC 3490, section 3.1) read it. */
const dots = /[.\u3002]/;

const invisible = /\p{DI}/gu;

/** No resolver takes a longer name, so no more of its end is read. */
const maxRead = 300;

/**
 * The labels of a name in the letters in which resolvers compare them, without the dots at its end: full-width letters and digits are
 * their ASCII counterparts to whoever resolves internationalized names, and what nobody sees is not there.
 */
export function labelsOf(name: string): readonly string[] {
  const labels = name.trim().slice(-maxRead).normalize('NFKC').replace(invisible, '').toLowerCase().split(dots);
  return labels.slice(0, labels.findLastIndex((label) => label !== '') + 1);
}

/**
 * Whether some program reads a name as an address: those that the C library reads (`127.1`, `0xa9.0xfea9fe`, `0251.0376.0251.0376`) end in
 * a number, and whatever ends in one is an address to who reads URLs (https://url.spec.whatwg.org/#ends-in-a-number-checker). Only IPv6
 * addresses, and what has a port, have colons. What has a meaning in URLs ends a name there, or is one character written as three (`127%2e1`).
 */
export function isAddressToSome(name: string): boolean {
  return urlSyntax.test(name) || numberLabel.test(labelsOf(name).at(-1) ?? '');
}

/** What no name has. */
export const urlSyntax = /[:%/?#\\@]/;

const numberLabel = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/** The same in RE2, of a name in ASCII. */
export const addressToSomePattern = String.raw`${urlSyntax.source}|(^|\.)([0-9]+|0[xX][0-9a-fA-F]*)\.*$`;
