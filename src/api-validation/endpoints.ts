import { FieldPath } from '../endpoints/field-path.ts';
import { metadataPath } from '../endpoints/members.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { checkAppProtocol, checkLabel, checkNodeName, checkProtocol, checkSpecial } from './members.ts';
import type { Report } from './report.ts';
import { missing, textOf } from './values.ts';

/** What an API server refuses of Endpoints beside their metadata. */
export function checkEndpoints({ metadata, subsets }: Fields, report: Report): void {
  checkGeneration(fieldsOf(metadata).generation, report);
  const path = FieldPath.root.child('subsets');
  for (const [i, subset] of listOf(subsets).entries()) checkSubset(fieldsOf(subset), path.child(i), report);
}

/** Of a slice the API server sets it. */
function checkGeneration(generation: unknown, report: Report): void {
  if (typeof generation === 'number' && generation < 0)
    report(metadataPath.child('generation'), () => ({ message: `${generation} is negative`, remedy: 'leave it out' }));
}

function checkSubset({ addresses, notReadyAddresses, ports }: Fields, path: FieldPath, report: Report): void {
  const ready = listOf(addresses);
  const notReady = listOf(notReadyAddresses);
  if (ready.length + notReady.length === 0)
    report(path.child('addresses'), missing('write at least one address into addresses or notReadyAddresses'));
  for (const [i, address] of ready.entries()) checkAddress(address, path.child('addresses').child(i), report);
  for (const [i, address] of notReady.entries())
    checkAddress(address, path.child('notReadyAddresses').child(i), report);
  const all = listOf(ports);
  for (const [i, port] of all.entries())
    checkPort(fieldsOf(port), all.length > 1, path.child('ports').child(i), report);
}

function checkAddress(value: unknown, path: FieldPath, report: Report): void {
  const { ip, hostname, nodeName } = fieldsOf(value);
  checkSpecial(textOf(ip) ?? '', path.child('ip'), report);
  const host = textOf(hostname);
  if (host) checkLabel(host, path.child('hostname'), report);
  checkNodeName(nodeName, path.child('nodeName'), report);
}

function checkPort(port: Fields, needsName: boolean, path: FieldPath, report: Report): void {
  const name = textOf(port.name);
  if (name) checkLabel(name, path.child('name'), report);
  if (name === '' && needsName) report(path.child('name'), missing('name each port where there are several'));
  const number = port.port ?? 0;
  if (typeof number === 'number' && (number < 1 || number > 65_535))
    report(path.child('port'), () => ({
      message: `${number} is not a port`,
      remedy: 'write a number from 1 to 65535',
    }));
  checkProtocol(textOf(port.protocol) || 'TCP', path, report);
  checkAppProtocol(port, path, report);
}
