import { expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';

/** What `check` says of a manifest, without where. */
async function said(manifest: object): Promise<string[]> {
  const { out } = await runCommand(['check', '-', '--output', 'json'], { input: JSON.stringify(manifest) });
  const { violations }: { violations: { field: string; message: string }[] } = JSON.parse(out);
  return violations.map(({ field, message }) => `${field}: ${message}`);
}

const address = { ip: '10.1.2.3' };
const endpoints = (subset: object) => ({
  ...{ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } },
  subsets: [{ addresses: [address], ports: [{ port: 80 }], ...subset }],
});
const eachPort = 'write each port as an item of "ports" of its own, with a name';
const plainPort = 'write a number from 1 to 65535 without quotes';

test('a port that is no integer is told the probable mistake', async () => {
  const remedies: readonly [port: unknown, remedy: string][] = [
    ['80', 'write 80 without quotes'],
    ['http', 'write the number that the endpoints listen on; a name belongs into "name"'],
    ['8080/TCP', 'write the number alone; the protocol belongs into "protocol"'],
    ['8080:80', 'write the one port that the endpoints listen on; the port of the Service belongs into the Service'],
    ['80-90', eachPort],
    ['80, 443', eachPort],
    [[80, 443], eachPort],
    ['{{ .Values.port }}', 'write a number, or render the template first'],
    ['$PORT', 'write a number, or render the template first'],
    ['99999', plainPort],
    ['080', plainPort],
    ['', plainPort],
    ['8'.repeat(100), plainPort],
    [80.5, plainPort],
  ];
  const ports = remedies.map(([port], i) => ({ name: `p${i}`, port }));
  const lines = await said(endpoints({ ports }));
  expect(lines.map((line) => line.replace(/^.* is not an integer: /, ''))).toEqual(
    remedies.map(([, remedy]) => remedy),
  );
});

test('a protocol that is not allowed is told the probable mistake', async () => {
  const remedies: readonly [protocol: string, remedy: string][] = [
    ['tcp', 'write TCP'],
    ['Udp ', 'write UDP'],
    ['HTTP', 'write TCP or UDP; the protocol of the application belongs into "appProtocol"'],
    ['grpc', 'write TCP or UDP; the protocol of the application belongs into "appProtocol"'],
    ['TCP/UDP', 'write TCP or UDP, in an item of "ports" for each protocol, with a name'],
    ['sctp', 'write TCP or UDP, or ask an administrator to allow SCTP in the policy (rules.protocol.allowed)'],
    ['ICMP', 'write TCP or UDP'],
    ['T'.repeat(100), 'write TCP or UDP'],
  ];
  const ports = remedies.map(([protocol], i) => ({ name: `p${i}`, port: 80, protocol }));
  const lines = await said(endpoints({ ports }));
  expect(lines.map((line) => line.replace(/^.* is not an allowed protocol: /, ''))).toEqual(
    remedies.map(([, remedy]) => remedy),
  );
});

const letters =
  'write lower-case letters, digits and "-", at most 63, without dots, beginning and ending with a letter or digit';

test('a hostname that is no label is told the probable mistake', async () => {
  const remedies: readonly [hostname: string, remedy: string][] = [
    ['db.example.com', 'write "db": DNS appends the names of the Service and of the namespace'],
    ['10.1.2.3', 'write a name such as db-0, or leave hostname out'],
    ['2001:db8::1', 'write a name such as db-0, or leave hostname out'],
    ['My_Host', 'write "my-host"'],
    ['-', letters],
    ['a'.repeat(64), letters],
  ];
  const addresses = remedies.map(([hostname]) => ({ ...address, hostname }));
  const lines = await said(endpoints({ addresses }));
  expect(lines.map((line) => line.replace(/^.* is not a DNS label: /, ''))).toEqual(
    remedies.map(([, remedy]) => remedy),
  );
});

test('a name that is no DNS subdomain is told the nearest one, of the object and of a port', async () => {
  const object = endpoints({ ports: [{ port: 80, name: 'HTTP_alt' }] });
  expect(await said({ ...object, metadata: { name: 'Web_Server' } })).toEqual([
    'metadata.name: "Web_Server" is not a DNS subdomain: write "web-server", here and in the Service',
    'subsets[0].ports[0].name: "HTTP_alt" is not a DNS label: write "http-alt", here and in the Service',
  ]);
});

test('what has the wrong shape is shown the right one', async () => {
  const addresses = ['10.1.2.3', { ...address, targetRef: 'Pod/web-0' }, { ip: ['10.1.2.3', '10.1.2.4'] }];
  expect(await said(endpoints({ addresses, ports: [80] }))).toEqual([
    'subsets[0].addresses[0]: "10.1.2.3" is not an object: write an object such as {ip: 10.9.8.7}',
    'subsets[0].addresses[1].targetRef: "Pod/web-0" is not an object: write an object such as {kind: Pod, name: web-0}',
    'subsets[0].addresses[2].ip: a list is not a string: write each address as an item of "addresses" of its own',
    'subsets[0].ports[0]: 80 is not an object: write an object such as {port: 80}',
  ]);
  const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web' } };
  const item = { addresses: ['10.1.2.3'] };
  const wrong = ['10.1.2.3', { addresses: '10.1.2.3' }, { addresses: [address] }, { ...item, conditions: true }];
  const ready = { ...item, conditions: { ready: 'true' } };
  expect(await said({ ...slice, addressType: 'IPv4', endpoints: [...wrong, ready], ports: [{ port: 80 }] })).toEqual([
    'endpoints[0]: "10.1.2.3" is not an object: write an object such as {addresses: [10.9.8.7]}',
    'endpoints[1].addresses: "10.1.2.3" is not a list: write a list, with "-" before each item',
    'endpoints[2].addresses[0]: an object is not a string: write the address alone, as a string',
    'endpoints[3].conditions: true is not an object: write an object such as {ready: true}',
    'endpoints[4].conditions.ready: "true" is not true or false: write true or false without quotes',
  ]);
  expect(await said({ ...slice, addressType: 'ipv4', endpoints: [item] })).toEqual([
    'addressType: "ipv4" is not IPv4, IPv6 or FQDN: write IPv4',
  ]);
});
