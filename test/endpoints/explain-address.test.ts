import { expect, test } from 'vitest';
import { explainAddress } from '../../src/endpoints/explain-address.ts';
import { specialAddress } from '../../src/rules/special-address.ts';
import { runCommand } from '../support/command.ts';

const alone = 'write the address alone';
const plain = 'has leading zeros, which some programs read as octal';
const mapped = 'is an IPv4 address written as IPv6, which Kubernetes 1.36 and later refuse';
const reachable = specialAddress.remedy;
const externalName = 'write an address; a name belongs into a Service of type ExternalName, which needs no endpoints';
const each = 'write each address as an item of "addresses" of its own';
const four = 'write four decimal numbers such as 10.9.8.7';
const either = `${four}, or an IPv6 address such as 2001:db8::1`;
const groups = 'write eight groups of up to four hexadecimal digits, or :: once for a run of zeros, as in 2001:db8::1';

/** Each kind of mistake: what is said of it, and its spellings. */
const mistakes: readonly [problem: string, remedy: string, ...texts: string[]][] = [
  ['has white space around the address', alone, '10.0.0.1 ', '\t::1', '10.0.0.1\n'],
  ['has white space in it', `${alone}, without white space`, '10.0. 0.1', '10.0.0.1 port 80'],
  ['has quotes inside its quotes', 'write the address with one pair of quotes, or none', '"10.0.0.1"', "'::1'"],
  ['is a network, not an address', 'write one address without a prefix', '10.0.0.0/8', '::/0', '10.0.0.0/255.0.0.0'],
  ['has a zone, and is a link-local address', reachable, 'fe80::1%eth0', 'febf::1%0'],
  ['has a zone', 'write the address without the part from % on', '2001:db8::1%eth0', '10.0.0.1%0', 'fec0::1%1'],
  ['is in brackets', `${alone}, without brackets`, '[::1]', '[10.0.0.1]'],
  ['has a port', `${alone}, without brackets; the port 80 belongs into "ports"`, '[::1]:80', '[2001:db8::1]:80'],
  ['has a port', `${alone}; the port 8080 belongs into "ports"`, '10.0.0.1:8080', '010.0.0.1:8080/health'],
  ['has a port', `${alone}; the port belongs into "ports"`, '10.0.0.1:http', '10.0.0.1:', '10.0.0.1:808080'],
  ['is a port without an address', `${alone}; the port 8080 belongs into "ports"`, ':8080'],
  ['has a path', alone, '10.0.0.1/api', '10.0.0.1/', '10.0.0.1?x'],
  ['is a path, not an address', alone, '/var/run/db.sock'],
  ['is a URL, not an address', alone, 'http://10.0.0.1', 'tcp://user@10.0.0.1/x', 'unix:///var/run/db.sock'],
  ['is a URL, not an address', `${alone}; the port 443 belongs into "ports"`, 'https://10.0.0.1:443/health?x'],
  ['is a URL, not an address', externalName, 'http://db.example.com', 'postgres://user:secret@db:5432/shop'],
  ['is a name, not an address', externalName, 'db.example.com', 'DB.example.com.', 'db', 'my_db.internal', 'bücher.de'],
  [
    'is a name, not an address',
    externalName,
    '10.0.0.1.nip.io',
    '3scale.net',
    'ip-10-0-0-1.ec2.internal',
    'web.shop.svc',
  ],
  ['is a name with a port', externalName, 'db.example.com:5432', 'db:5432'],
  ['is a name with a path', externalName, 'db.example.com/shop'],
  [
    'is the name by which each machine calls itself',
    reachable,
    'localhost',
    'LOCALHOST.',
    'localhost6',
    'ip6-loopback',
  ],
  ['is a name with a port', reachable, 'localhost:80'],
  ['is a range of addresses', each, '10.0.0.1-10.0.0.5', '10.0.0.1-5', '10.0.0.1..10.0.0.5', '::1-::5', '10.0.0.1–9'],
  ['holds more than one address', each, '10.0.0.1,10.0.0.2', '10.0.0.1 ::1', '10.0.0.1:80; 10.0.0.2:80', 'a.de,b.de'],
  ['is a pattern, not an address', each, '*', '10.0.0.*', '*.example.com'],
  ['is a placeholder that nothing has replaced', 'write an address, or render the template first', '{{ .Values.ip }}'],
  [
    'is a placeholder that nothing has replaced',
    'write an address, or render the template first',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what people write
    '${IP}',
    '$IP',
    '$(IP)',
  ],
  ['is a placeholder that nothing has replaced', 'write an address, or render the template first', '<your-ip>', '@IP@'],
  ['is a hardware address (MAC)', 'write the IP address of the endpoint', '00:1a:2b:3c:4d:5e', '00-1A-2B-3C-4D-5E'],
  ['has 3 numbers instead of four', four, '10.0.0', '10.0.256'],
  ['has 5 numbers instead of four', four, '10.0.0.0.1'],
  ['is one number instead of four', four, '2130706433', '0'],
  ['has a number above 255', 'write four decimal numbers from 0 to 255, such as 10.9.8.7', '10.0.0.256', '0400.1.1.1'],
  [mapped, 'write 10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203'],
  [plain, 'write 10.0.0.1 if the numbers are decimal', '010.0.0.001'],
  [plain, 'write 0.0.0.0 if the numbers are decimal', '00.00.0.0'],
  [plain, 'write ::1.2.3.4 if the numbers are decimal', '::01.2.3.4'],
  ['is not a valid IPv6 address', groups, '::00001', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '2001:db8::1::2', ':::'],
  [
    'is not a valid IP address',
    either,
    '',
    '0x7f.0.0.1',
    '0x7f000001',
    '10.0.0.1.',
    '１.2.3.4',
    '1.2.3.x',
    '10.0.0.1\u202e',
  ],
  [
    'is not a valid IP address',
    either,
    `${'0'.repeat(299)}.0`,
    `${'a.'.repeat(200)}com`,
    `10.0.0.1:${'8'.repeat(500)}`,
  ],
];

test.each(mistakes.flatMap(([problem, remedy, ...texts]) => texts.map((text) => [text, problem, remedy])))(
  'explainAddress: %j %s',
  (text, problem, remedy) => expect(explainAddress(text, 'addresses')).toEqual({ problem, remedy }),
);

const endpoints = (ip: string) => ({
  ...{ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } },
  subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }],
});
const slice = (address: string) => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web' } },
  ...{ addressType: 'IPv4', endpoints: [{ addresses: [address] }], ports: [{ port: 80 }] },
});

test.each([
  ['Endpoints', endpoints, 'subsets[0].addresses[0].ip', each],
  ['a slice', slice, 'endpoints[0].addresses[0]', each.replace('addresses', 'endpoints')],
] as const)(
  'check points out the probable mistake in %s, each in words of its kind',
  async (_, object, field, several) => {
    const texts = ['db.example.com', '10.0.0.1:8080', '10.0.0.1,10.0.0.2', 'http://10.0.0.1'];
    const input = texts.map((text) => JSON.stringify(object(text))).join('\n---\n');
    const { code, out } = await runCommand(['check', '-'], { input });
    const said = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(line.indexOf(field)));
    expect({ code, said }).toEqual({
      code: 1,
      said: [
        `${field}: "db.example.com" is a name, not an address: ${externalName} [well-formed]`,
        `${field}: "10.0.0.1:8080" has a port: ${alone}; the port 8080 belongs into "ports" [well-formed]`,
        `${field}: "10.0.0.1,10.0.0.2" holds more than one address: ${several} [well-formed]`,
        `${field}: "http://10.0.0.1" is a URL, not an address: ${alone} [well-formed]`,
      ],
    });
  },
);

test('of thousands of addresses that cannot be read, the last are refused too, in few words', async () => {
  const addresses = Array.from({ length: 1001 }, () => ({ ip: 'db.example.com' }));
  const input = JSON.stringify({ ...endpoints(''), subsets: [{ addresses, ports: [{ port: 80 }] }] });
  const { out } = await runCommand(['check', '-'], { input });
  const lines = out.trim().split('\n');
  expect(lines).toHaveLength(1001);
  expect(lines.at(-2)).toContain(externalName);
  expect(lines.at(-1)).toMatch(/"db\.example\.com" is not a valid IP address: write four .* \[well-formed\]$/);
});
