import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/endpoints/address.ts';
import { type Network, parseNetwork } from '../../src/endpoints/network.ts';
import { createNetworkSet } from '../../src/endpoints/network-set.ts';

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

const found = (networks: readonly string[], text: string) =>
  createNetworkSet(networks.map(parseNetwork)).find(address(text))?.text;

test.each<[readonly string[], readonly [string, string | undefined][]]>([
  [
    [],
    [
      ['0.0.0.0', undefined],
      ['::', undefined],
    ],
  ],
  [
    ['10.96.0.0/12'],
    [
      ['10.95.255.255', undefined],
      ['10.96.0.0', '10.96.0.0/12'],
      ['10.111.255.255', '10.96.0.0/12'],
      ['10.112.0.0', undefined],
      ['::a60:1', undefined],
    ],
  ],
  [
    ['0.0.0.0/0'],
    [
      ['0.0.0.0', '0.0.0.0/0'],
      ['255.255.255.255', '0.0.0.0/0'],
      ['::', undefined],
    ],
  ],
  [
    ['::/0'],
    [
      ['::', '::/0'],
      ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::/0'],
      ['1.2.3.4', undefined],
    ],
  ],
  [
    ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.3/32', '0.0.0.0/0'],
    [
      ['10.0.255.255', '10.0.0.0/8'],
      ['10.1.0.0', '10.1.0.0/16'],
      ['10.1.2.2', '10.1.2.0/24'],
      ['10.1.2.3', '10.1.2.3/32'],
      ['10.1.2.4', '10.1.2.0/24'],
      ['10.1.3.0', '10.1.0.0/16'],
      ['10.2.0.0', '10.0.0.0/8'],
      ['11.0.0.0', '0.0.0.0/0'],
    ],
  ],
  [
    ['255.255.255.255/32', '255.255.255.0/24', '128.0.0.0/1'],
    [
      ['255.255.255.255', '255.255.255.255/32'],
      ['255.255.255.254', '255.255.255.0/24'],
      ['255.255.254.255', '128.0.0.0/1'],
      ['127.255.255.255', undefined],
    ],
  ],
  [
    ['FC00::/7', 'fd00:ec2::254/128', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
    [
      ['fd00:EC2:0:0:0:0:0:254', 'fd00:ec2::254/128'],
      ['fd00:ec2::255', 'FC00::/7'],
      ['fbff:ffff::', undefined],
      ['fe00::', undefined],
      ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
      ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe', undefined],
    ],
  ],
])('the smallest network around, of %j in any order', (networks, expected) => {
  const wanted = expected.map(([, network]) => network);
  expect(expected.map(([text]) => found(networks, text))).toEqual(wanted);
  expect(expected.map(([text]) => found([...networks].reverse(), text))).toEqual(wanted);
});

test('of equal networks the first', () => {
  expect(found(['fd00::/8', 'FD00:0::/8'], 'fd00::1')).toBe('fd00::/8');
  expect(found(['FD00:0::/8', 'fd00::/8'], 'fd00::1')).toBe('FD00:0::/8');
});

/** Few bits vary, so that networks nest and addresses hit their edges. */
const ipv4 = fc
  .tuple(fc.constantFrom(0, 10, 127, 255), fc.constantFrom(0, 1, 255), fc.constantFrom(0, 128, 255), fc.nat(255))
  .map((octets) => octets.join('.'));
const hextet = fc.constantFrom('0', '1', 'ffff', '8000', 'fe80', '64', 'ff9b');
const ipv6 = fc
  .array(hextet, { minLength: 8, maxLength: 8 })
  .map((hextets) => hextets.join(':'))
  .filter((text) => !/^(0:){5}ffff:/.test(text));

/** A network with the bits beyond its prefix cleared, by BigInt arithmetic on the text. */
function cidr(text: string, prefix: number): string {
  const width = text.includes(':') ? 16 : 8;
  const words = text.split(text.includes(':') ? ':' : '.');
  const bits = words.map((word) =>
    Number.parseInt(word, width === 16 ? 16 : 10)
      .toString(2)
      .padStart(width, '0'),
  );
  const kept = bits
    .join('')
    .slice(0, prefix)
    .padEnd(words.length * width, '0');
  const cut = words.map((_, i) => Number.parseInt(kept.slice(i * width, (i + 1) * width), 2));
  return `${width === 16 ? cut.map((word) => word.toString(16)).join(':') : cut.join('.')}/${prefix}`;
}

const networks = fc.array(
  fc
    .oneof(fc.tuple(ipv4, fc.nat(32)), fc.tuple(ipv6, fc.nat(128)))
    .map(([text, prefix]) => cidr(text, prefix))
    .filter((text) => !/^(0:){5}ffff:/.test(text)),
  { maxLength: 12 },
);
const anAddress = fc.oneof(ipv4, ipv6);

function naive(among: readonly Network[], wanted: Address): Network | undefined {
  let best: Network | undefined;
  for (const network of among)
    if (network.contains(wanted) && (best === undefined || network.prefix > best.prefix)) best = network;
  return best;
}

test('finds what a loop over all networks finds', () =>
  fc.assert(
    fc.property(networks, fc.array(anAddress, { maxLength: 20 }), (texts, addresses) => {
      const parsed = texts.map(parseNetwork);
      const set = createNetworkSet(parsed);
      const edges = texts.map((text) => text.slice(0, text.indexOf('/'))).filter((text) => parseAddress(text));
      for (const text of [...addresses, ...edges]) expect(set.find(address(text))).toBe(naive(parsed, address(text)));
    }),
    { numRuns: 2000 },
  ));

/** Node's list takes IPv4-compatible and IPv4-mapped IPv6 for IPv4: it is no judge of those. */
const isIndependent = (text: string) => !/^(0:){5}/.test(text);

test('contains what node:net says it contains', () =>
  fc.assert(
    fc.property(networks, anAddress, (texts, text) => {
      const family = text.includes(':') ? 'ipv6' : 'ipv4';
      const own = texts.filter((network) => network.includes(':') === text.includes(':'));
      fc.pre(isIndependent(text) && own.every(isIndependent));
      const list = new BlockList();
      for (const network of own) {
        const [base = '', prefix] = network.split('/');
        list.addSubnet(base, Number(prefix), family);
      }
      expect(createNetworkSet(texts.map(parseNetwork)).find(address(text)) !== undefined).toBe(
        list.check(text, family),
      );
    }),
    { numRuns: 2000 },
  ));
