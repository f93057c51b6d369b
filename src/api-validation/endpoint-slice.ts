import { isDnsLabel, isDnsSubdomain } from '../endpoints/dns.ts';
import { FieldPath } from '../endpoints/field-path.ts';
import { quote } from '../endpoints/quote.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { canonicalText, checkAppProtocol, checkLabel, checkNodeName, checkProtocol, checkSpecial } from './members.ts';
import type { Report } from './report.ts';
import { isLabelValue, labelSyntax } from './syntax.ts';
import { duplicate, invalid, missing, textOf, tooMany } from './values.ts';

const most = { endpoints: 1000, addresses: 100, ports: 20_000, hints: 8 };

/** What an API server refuses of an EndpointSlice beside its metadata; the address type and the family of addresses are read by its kind. */
export function checkEndpointSlice({ addressType, endpoints, ports }: Fields, report: Report): void {
  const allPorts = listOf(ports);
  const portsPath = FieldPath.root.child('ports');
  if (allPorts.length > most.ports) report(portsPath, tooMany(allPorts.length, most.ports, 'ports'));
  else checkPorts(allPorts, portsPath, report);
  const all = listOf(endpoints);
  const path = FieldPath.root.child('endpoints');
  if (all.length > most.endpoints) report(path, tooMany(all.length, most.endpoints, 'endpoints'));
  else for (const [i, endpoint] of all.entries()) checkEndpoint(fieldsOf(endpoint), addressType, path.child(i), report);
}

function checkEndpoint(endpoint: Fields, addressType: unknown, path: FieldPath, report: Report): void {
  const addresses = listOf(endpoint.addresses);
  const addressesPath = path.child('addresses');
  if (addresses.length === 0) report(addressesPath, missing('write at least one address'));
  if (addresses.length > most.addresses) report(addressesPath, tooMany(addresses.length, most.addresses, 'addresses'));
  for (const [i, address] of addresses.entries())
    checkAddress(textOf(address) ?? '', addressType, addressesPath.child(i), report);
  // A hostname that is there and empty is refused, unlike that of Endpoints.
  if (typeof endpoint.hostname === 'string') checkLabel(endpoint.hostname, path.child('hostname'), report);
  checkNodeName(endpoint.nodeName, path.child('nodeName'), report);
  const hints = fieldsOf(endpoint.hints);
  checkHints(hints, 'forZones', path, report);
  checkHints(hints, 'forNodes', path, report);
}

function checkAddress(text: string, addressType: unknown, path: FieldPath, report: Report): void {
  if (addressType === 'FQDN') checkName(text, path, report);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  const address = checkSpecial(text, path, report);
  const canonical = address ? canonicalText(address, text) : text;
  if (canonical !== text)
    report(path, () => ({
      message: `${quote(text)} is not in canonical form, which Kubernetes demands of slices`,
      remedy: `write ${canonical}`,
    }));
}

/** Two labels or more; a dot may follow the last. */
function checkName(text: string, path: FieldPath, report: Report): void {
  const name = text.replace(/\.$/, '');
  const labels = name.split('.');
  if (!isDnsSubdomain(name) || labels.length < 2 || !labels.every(isDnsLabel))
    report(path, invalid(text, 'a fully qualified domain name', 'two or more DNS labels, with dots between them'));
}

function checkHints(hints: Fields, list: 'forZones' | 'forNodes', endpoint: FieldPath, report: Report): void {
  const all = listOf(hints[list]);
  const path = endpoint.child('hints').child(list);
  if (all.length > most.hints) report(path, tooMany(all.length, most.hints, 'hints'));
  const seen = new Set<string>();
  for (const [i, value] of all.slice(0, most.hints).entries()) {
    const name = textOf(fieldsOf(value).name);
    if (name === undefined) continue;
    const namePath = path.child(i).child('name');
    if (seen.has(name)) report(namePath, duplicate(name));
    seen.add(name);
    if (list === 'forNodes') checkNodeName(name, namePath, report);
    else if (!isLabelValue(name)) report(namePath, invalid(name, 'the name of a zone', labelSyntax));
  }
}

function checkPorts(ports: readonly unknown[], portsPath: FieldPath, report: Report): void {
  const seen = new Set<string>();
  for (const [i, value] of ports.entries()) {
    const port = fieldsOf(value);
    const path = portsPath.child(i);
    const name = textOf(port.name);
    if (name) checkLabel(name, path.child('name'), report);
    if (name !== undefined && seen.has(name)) report(path.child('name'), name === '' ? nameless : duplicate(name));
    seen.add(name ?? '');
    // A protocol that is there and empty is refused, unlike that of Endpoints.
    checkProtocol(textOf(port.protocol ?? 'TCP') ?? 'TCP', path, report);
    checkAppProtocol(port, path, report);
  }
}

function nameless() {
  return { message: 'is missing of a second port', remedy: 'name each port, one of them at most may have none' };
}
