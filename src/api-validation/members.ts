import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from '../endpoints/address.ts';
import { isDnsLabel, isDnsSubdomain } from '../endpoints/dns.ts';
import type { FieldPath } from '../endpoints/field-path.ts';
import { notAmong } from '../endpoints/members.ts';
import { quote } from '../endpoints/quote.ts';
import type { Fields } from '../json/fields.ts';
import { describeBuiltIn } from '../rules/special-address.ts';
import type { Report } from './report.ts';
import { isQualifiedName, nameSyntax, qualifiedSyntax } from './syntax.ts';
import { invalid } from './values.ts';

// What an API server refuses of the parts that Endpoints and EndpointSlices share.

const labelSyntax =
  'lower-case letters, digits and "-", at most 63, without dots, beginning and ending with a letter or digit';

/** A special address; one that cannot be read is reported by `well-formed`. */
export function checkSpecial(text: string, path: FieldPath, report: Report): Address | undefined {
  const address = parseAddress(text);
  const problem = address && describeBuiltIn(address);
  if (problem)
    report(path, () => ({
      message: `${quote(text)} ${problem}, which an API server refuses whatever the policy says`,
      remedy: 'write an address that every node reaches the same way',
    }));
  return address;
}

/** RFC 5952. */
export function canonicalText(address: Address, text: string): string {
  return address.family === 'IPv6' ? new ipaddr.IPv6([...address.hextets]).toRFC5952String() : text;
}

export function checkLabel(text: string, path: FieldPath, report: Report): void {
  if (!isDnsLabel(text)) report(path, invalid(text, 'a DNS label', labelSyntax));
}

/** A name that is there and empty is no name of a node. */
export function checkNodeName(value: unknown, path: FieldPath, report: Report): void {
  if (typeof value === 'string' && !isDnsSubdomain(value)) report(path, invalid(value, 'a DNS subdomain', nameSyntax));
}

const protocols = ['TCP', 'UDP', 'SCTP'];

export function checkProtocol(text: string, path: FieldPath, report: Report): void {
  if (!protocols.includes(text)) report(path.child('protocol'), () => notAmong(text, protocols));
}

export function checkAppProtocol({ appProtocol }: Fields, path: FieldPath, report: Report): void {
  if (typeof appProtocol === 'string' && !isQualifiedName(appProtocol))
    report(path.child('appProtocol'), invalid(appProtocol, 'an application protocol', qualifiedSyntax));
}
