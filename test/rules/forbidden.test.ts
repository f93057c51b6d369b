import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/endpoints/address.ts';
import { FieldPath, pathText } from '../../src/endpoints/field-path.ts';
import type { EndpointPort, Kind, View } from '../../src/endpoints/view.ts';
import { rules } from '../../src/rules/index.ts';
import { presetNetworks } from '../../src/rules/presets/networks.ts';
import { endpointsDocument } from '../../src/rules/source.ts';

/** An object as the rules see it: a subset, or a slice of the given type. */
function view(
  kind: Kind,
  addresses: readonly string[],
  ports: readonly Partial<EndpointPort>[] = [],
  addressType?: View['addressType'],
): View {
  const root = new FieldPath(kind === 'Endpoints' ? 'subsets' : 'endpoints').child(0);
  const addressesPath = root.child('addresses');
  const portsPath = kind === 'Endpoints' ? root.child('ports') : new FieldPath('ports');
  const placeOf = (i: number) => (kind === 'Endpoints' ? addressesPath.child(i).child('ip') : addressesPath.child(i));
  const group = {
    path: kind === 'Endpoints' ? root : FieldPath.root,
    endpoints: Object.assign([], { with: () => [] }),
    addresses: addresses.map((text, i) => ({
      path: placeOf(i),
      text,
      address: parseAddress(text),
      ready: i === 0,
      targetRef: undefined,
    })),
    ports: ports.map((port, i) => ({ path: portsPath.child(i), name: '', number: 80, protocol: 'TCP', ...port })),
  };
  const names = { name: 'web', generateName: '', servingState: '' };
  return { kind, addressType, service: undefined, ...names, subsets: [group], nodeNames: [] };
}

/** What one rule says of a view, such as `subsets[0].addresses[0].ip: "10.0.0.1" …`. */
function told(id: string, seen: View, parameters: Record<string, unknown> = {}): readonly string[] {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const parsed = rule.parameters.parse(parameters);
  const findings = [...rule.check(seen, rule.prepare?.(parsed) ?? parsed, { namespace: 'shop' })];
  return findings.map(({ path, message }) => `${pathText(path)}: ${message}`);
}

test('RBAC exempts from rules about targets, and never from what the Endpoints document demands', () => {
  const exemptible = rules.filter((rule) => rule.exemptibleByRbac);
  expect(exemptible.map(({ id }) => id)).toContain('fqdn-address');
  expect(exemptible.filter(({ source }) => source.url === endpointsDocument('').url)).toEqual([]);
});

const parameters = { networks: ['10.96.0.0/12', '2001:DB8:a::/48'], presets: [] };
const addresses = (...texts: string[]) => view('Endpoints', texts);

describe('forbidden-network', () => {
  test('names the network as it is written, in both kinds, ready or not', () => {
    const seen = ['1.2.3.4', '10.96.0.1', '2001:db8:A:0:0::1'];
    expect(told('forbidden-network', view('Endpoints', seen), parameters)).toEqual([
      'subsets[0].addresses[1].ip: "10.96.0.1" is inside the forbidden network 10.96.0.0/12',
      'subsets[0].addresses[2].ip: "2001:db8:A:0:0::1" is inside the forbidden network 2001:DB8:a::/48',
    ]);
    expect(told('forbidden-network', view('EndpointSlice', seen, [], 'IPv4'), parameters)).toEqual([
      'endpoints[0].addresses[1]: "10.96.0.1" is inside the forbidden network 10.96.0.0/12',
      'endpoints[0].addresses[2]: "2001:db8:A:0:0::1" is inside the forbidden network 2001:DB8:a::/48',
    ]);
  });

  test('names the preset', () => {
    expect(
      told('forbidden-network', addresses('168.63.129.16', '192.168.1.1'), { presets: ['private', 'cloud-metadata'] }),
    ).toEqual([
      'subsets[0].addresses[0].ip: "168.63.129.16" is inside the forbidden network 168.63.129.16/32 (cloud-metadata)',
      'subsets[0].addresses[1].ip: "192.168.1.1" is inside the forbidden network 192.168.0.0/16 (private)',
    ]);
  });

  test('judges IP addresses in a slice of names, and leaves names alone', () => {
    const seen = view('EndpointSlice', ['db.example.com', '10.96.0.1', '10.96.0.1.', '0x0a600001'], [], 'FQDN');
    expect(told('forbidden-network', seen, parameters)).toEqual([
      'endpoints[0].addresses[1]: "10.96.0.1" is inside the forbidden network 10.96.0.0/12',
    ]);
  });

  test('the smallest network is named, and the policy’s own before a preset’s equal', () => {
    const networks = ['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0'];
    const networkOf = (ip: string) =>
      told('forbidden-network', addresses(ip), { networks, presets: ['private'] })[0]?.split(' network ')[1];
    expect(['10.1.2.3', '10.2.2.3', '172.16.0.1', '8.8.8.8'].map(networkOf)).toEqual([
      '10.1.0.0/16',
      '10.0.0.0/8',
      '172.16.0.0/12 (private)',
      '0.0.0.0/0',
    ]);
  });

  test('by default only what clouds serve to their machines', () => {
    expect(told('forbidden-network', addresses('10.0.0.1', '192.168.0.1', '100.64.0.1', 'fd00::1', '8.8.8.8'))).toEqual(
      [],
    );
    expect(told('forbidden-network', addresses('100.100.100.200', 'FD00:EC2:0:0:0:0:0:254'))).toHaveLength(2);
    expect(told('forbidden-network', addresses('100.100.100.200'), { presets: [] })).toEqual([]);
  });

  test.each([
    ['IPv4-compatible', '::10.96.0.1'],
    ['IPv4-compatible in hex', '::a60:1'],
    ['IPv4-translated', '::ffff:0:10.96.0.1'],
    ['NAT64', '64:ff9b::10.96.0.1'],
    ['NAT64 in hex, capitals, uncompressed', '0064:FF9B:0000:0000:0000:0000:0A60:0001'],
    ['NAT64 for local use', '64:ff9b:1::a60:1'],
    ['NAT64 for local use, any subnet', '64:ff9b:1:2:3:4:a60:1'],
    ['6to4', '2002:a60:1::'],
    ['6to4, any host', '2002:a60:1:2:3:4:5:6'],
    ['ISATAP', '2001:db8::5efe:10.96.0.1'],
    ['ISATAP, universal', '2001:db8::200:5efe:10.96.0.1'],
  ])('unwraps %s', (_, text) => {
    expect(told('forbidden-network', addresses(text), parameters)).toEqual([
      `subsets[0].addresses[0].ip: "${text}" contains 10.96.0.1, which is inside the forbidden network 10.96.0.0/12`,
    ]);
  });

  test.each([
    ['64:ff9b::10.95.255.255', []],
    ['64:ff9c::a60:1', []],
    ['2003:a60:1::', []],
    ['2001:db8:b::a60:1', []],
    ['64:ff9b::10.96.0.1', ['64:ff9b::/96']],
    ['64:ff9b::1.2.3.4', ['64:ff9b::/96']],
    ['2002:a60:1::', ['2002:a60::/32']],
  ])('%s: an IPv6 network of its own comes first', (text, networks) => {
    const found = told('forbidden-network', addresses(text), { networks: ['10.96.0.0/12', ...networks], presets: [] });
    expect(found.map((line) => line.split('"')[2])).toEqual(
      networks.map((network) => ` is inside the forbidden network ${network}`),
    );
  });
});

test.each<[string, string[], string[]]>([
  [
    'cloud-metadata',
    [
      'fd00:ec2::254',
      'fd00:ec2::253',
      'fd00:ec2::123',
      'fd00:ec2::23',
      '168.63.129.16',
      'fd20:ce::254',
      '100.100.100.200',
      'fd00:100::100:200',
      '192.0.0.192',
      'fd00:c1::a9fe:a9fe',
    ],
    [
      ...['fd00:ec2::252', 'fd00:ec2::255', 'fd00:ec2::122', 'fd00:ec2::124', 'fd00:ec2::22', 'fd00:ec2::24'],
      ...['168.63.129.15', '168.63.129.17', 'fd20:ce::253', 'fd20:ce::255', '100.100.100.199', '100.100.100.201'],
      ...['fd00:100::100:1ff', 'fd00:100::100:201', '192.0.0.191', '192.0.0.193'],
      ...['fd00:c1::a9fe:a9fd', 'fd00:c1::a9fe:a9ff', '10.0.0.1', 'fd00::1'],
    ],
  ],
  [
    'private',
    [
      ...['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
      ...['100.64.0.0', '100.127.255.255', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ],
    [
      ...['9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
      ...['100.63.255.255', '100.128.0.0', 'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
    ],
  ],
])('preset %s: first and last address in, neighbours out', (preset, inside, outside) => {
  const isForbidden = (ip: string) => told('forbidden-network', addresses(ip), { presets: [preset] }).length > 0;
  expect(inside.filter((ip) => !isForbidden(ip))).toEqual([]);
  expect(outside.filter(isForbidden)).toEqual([]);
});

test('cloud-metadata names addresses one by one, outside 169.254.0.0/16', () => {
  for (const text of presetNetworks['cloud-metadata']) {
    expect(text).toMatch(/\/(?:32|128)$/);
    expect(text).not.toMatch(/^169\.254\./);
  }
});

const ports = (...list: Partial<EndpointPort>[]) => view('Endpoints', ['1.2.3.4'], list);
const slicePorts = (...list: Partial<EndpointPort>[]) => view('EndpointSlice', ['1.2.3.4'], list, 'IPv4');

describe('forbidden-port', () => {
  test('forbids nothing by default, not even every port', () => {
    expect(told('forbidden-port', slicePorts({ number: 10250 }, { number: 'every' }))).toEqual([]);
  });

  test('names the port and how it was written', () => {
    const given = { ports: ['TCP/8080', 'UDP/53', 'TCP/9000-9100'], presets: ['control-plane'] };
    expect(
      told(
        'forbidden-port',
        ports({ number: 80 }, { number: 8080 }, { number: 9050 }, { number: 10250 }, { number: 2380 }),
        given,
      ),
    ).toEqual([
      'subsets[0].ports[1].port: 8080 is the forbidden port TCP/8080',
      'subsets[0].ports[2].port: 9050 is among the forbidden ports TCP/9000-9100',
      'subsets[0].ports[3].port: 10250 is the forbidden port TCP/10250 (control-plane)',
      'subsets[0].ports[4].port: 2380 is among the forbidden ports TCP/2379-2380 (control-plane)',
    ]);
    expect(told('forbidden-port', slicePorts({ number: 10250 }), given)).toEqual([
      'ports[0].port: 10250 is the forbidden port TCP/10250 (control-plane)',
    ]);
  });

  test('protocol by protocol, in any case', () => {
    const given = { ports: ['UDP/53'] };
    const found = (protocol: string) => told('forbidden-port', ports({ number: 53, protocol }), given).length;
    expect(['UDP', 'udp', 'TCP', 'SCTP', 'ICMP', ''].map(found)).toEqual([1, 1, 0, 0, 0, 0]);
  });

  test('every port meets every forbidden port of its protocol', () => {
    const given = { ports: ['UDP/53', 'TCP/22'], presets: ['control-plane', 'openshift-mcs'] };
    expect(
      told(
        'forbidden-port',
        slicePorts({ number: 'every' }, { number: 'every', protocol: 'UDP' }, { number: 'every', protocol: 'SCTP' }),
        given,
      ),
    ).toEqual([
      'ports[0].port: null is every port, also the forbidden TCP/22, TCP/2379-2380 (control-plane), TCP/6443 (control-plane), TCP/10250 (control-plane), TCP/10257 (control-plane) and 2 more',
      'ports[1].port: null is every port, also the forbidden UDP/53',
    ]);
  });

  test('no ports are every port, of all protocols', () => {
    const given = { ports: ['UDP/53', 'TCP/22'] };
    const message = 'is missing or empty, which some proxies take for every port, also the forbidden UDP/53, TCP/22';
    expect(told('forbidden-port', ports(), given)).toEqual([`subsets[0].ports: ${message}`]);
    expect(told('forbidden-port', slicePorts(), given)).toEqual([`ports: ${message}`]);
    expect(told('forbidden-port', view('EndpointSlice', [], [], 'IPv4'), given)).toEqual([]);
    expect(told('forbidden-port', slicePorts(), {})).toEqual([]);
  });

  test('of a port of a slice that is no port the last 16 bits count', () => {
    const given = { ports: ['TCP/22', 'TCP/8000-8100'] };
    const numbers = [65558, -65514, 131_072 + 8080, 65536, -65536, 65559];
    expect(told('forbidden-port', slicePorts(...numbers.map((number) => ({ number }))), given)).toEqual([
      'ports[0].port: 65558 is to some proxies 22, the forbidden port TCP/22',
      'ports[1].port: -65514 is to some proxies 22, the forbidden port TCP/22',
      'ports[2].port: 139152 is to some proxies 8080, among the forbidden ports TCP/8000-8100',
      'ports[3].port: 65536 is to some proxies every port, also the forbidden TCP/22, TCP/8000-8100',
      'ports[4].port: -65536 is to some proxies every port, also the forbidden TCP/22, TCP/8000-8100',
    ]);
    expect(told('forbidden-port', ports({ number: 65558 }), given)).toEqual([]);
  });

  test('port 0 of a slice is every port of its protocol', () => {
    expect(told('forbidden-port', slicePorts({ number: 0 }), { ports: ['TCP/22'] })).toEqual([
      'ports[0].port: 0 is to some proxies every port, also the forbidden TCP/22',
    ]);
    expect(told('forbidden-port', slicePorts({ number: 0 }), { ports: ['UDP/22'] })).toEqual([]);
  });

  test.each([
    [
      'control-plane',
      [2379, 2380, 6443, 10250, 10257, 10259],
      [2378, 2381, 6442, 6444, 10249, 10251, 10256, 10258, 10260, 22623],
    ],
    ['openshift-mcs', [22623, 22624], [22622, 22625, 10250]],
  ])('preset %s', (preset, inside, outside) => {
    const isForbidden = (number: number) => told('forbidden-port', ports({ number }), { presets: [preset] }).length > 0;
    expect([...inside, ...outside].map(isForbidden)).toEqual([...inside.map(() => true), ...outside.map(() => false)]);
  });

  test('what is no port, or could not be read, is left to other rules', () => {
    const given = { ports: ['TCP/1-65535'] };
    expect(
      told('forbidden-port', ports({ number: undefined }, { number: 0 }, { number: -1 }, { number: 65536 }), given),
    ).toEqual([]);
  });
});

describe('fqdn-address', () => {
  const seen = ['db.example.com', '10.1.2.3', '2001:db8::1'];

  test('each address of a slice of names', () => {
    expect(told('fqdn-address', view('EndpointSlice', seen, [], 'FQDN'))).toEqual([
      'endpoints[0].addresses[0]: "db.example.com" is a name, which can mean any address at any time',
      'endpoints[0].addresses[1]: "10.1.2.3" is in an EndpointSlice of addressType FQDN',
      'endpoints[0].addresses[2]: "2001:db8::1" is in an EndpointSlice of addressType FQDN',
    ]);
  });

  test.each(['IPv4', 'IPv6', undefined] as const)('nothing of addressType %s', (type) =>
    expect(told('fqdn-address', view('EndpointSlice', seen, [], type))).toEqual([]),
  );

  test('control characters of a name are escaped', () => {
    expect(told('fqdn-address', view('EndpointSlice', ['\u001b[31mx'], [], 'FQDN'))).toEqual([
      'endpoints[0].addresses[0]: "\\u001b[31mx" is a name, which can mean any address at any time',
    ]);
  });
});
