import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { innerPrefixesOf, isInside, networkAround, prefixesOf } from '../../src/admission-policy/prefixes.ts';
import { parseNetwork } from '../../src/endpoints/network.ts';

const networks = ['10.0.0.0/8', '192.0.2.7/32', '0.0.0.0/0', 'FD00:0::/8', '2001:db8::/32', '::/128'].map(parseNetwork);

test('IPv4 networks', () => {
  expect(prefixesOf(networks, 'IPv4')).toEqual({
    family: 'IPv4',
    lengths: [32, 8, 0],
    map: '{"10.0.0.0/8": "10.0.0.0/8", "192.0.2.7/32": "192.0.2.7/32", "0.0.0.0/0": "0.0.0.0/0"}',
  });
});

test('IPv6 networks, in the spelling of CEL', () => {
  expect(prefixesOf(networks, 'IPv6')).toEqual({
    family: 'IPv6',
    lengths: [128, 32, 8],
    map: '{"fd00::/8": "fd00::/8", "2001:db8::/32": "2001:db8::/32", "::/128": "::/128"}',
  });
});

test('IPv4 networks at the end of IPv6', () => {
  expect(innerPrefixesOf(networks)).toEqual({
    family: 'IPv6',
    lengths: [128, 104, 96],
    map: '{"::a00:0/104": "10.0.0.0/8", "::c000:207/128": "192.0.2.7/32", "::/96": "0.0.0.0/0"}',
  });
});

test('every spelling is that of RFC 5952', () => {
  const hextet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(hextet, { minLength: 8, maxLength: 8 }), (hextets) => {
      const text = hextets.map((one) => one.toString(16)).join(':');
      fc.pre(!(hextets.slice(0, 5).every((one) => one === 0) && hextets[5] === 0xffff)); // no address to us
      const { hostname } = new URL(`http://[${text}]/`);
      const canonical = hostname.slice(1, -1);
      expect(prefixesOf([parseNetwork(`${text}/128`)], 'IPv6').map).toBe(`{"${canonical}/128": "${canonical}/128"}`);
    }),
  );
});

describe('expressions', () => {
  test('an IPv4 address is not read to look for itself', () => {
    const prefixes = prefixesOf(networks.slice(0, 2), 'IPv4');
    expect(isInside('a', prefixes, 'm')).toBe('(a + "/32" in m || string(cidr(a + "/8").masked()) in m)');
    expect(networkAround('a', prefixes, 'm')).toBe(
      'm[[a + "/32", string(cidr(a + "/8").masked())].filter(k, k in m)[0]]',
    );
  });

  test('32 bits of IPv6 are no whole address', () => {
    const prefixes = prefixesOf(networks.slice(4), 'IPv6');
    expect(isInside('a', prefixes, 'm')).toBe(
      '(string(cidr(a + "/128")) in m || string(cidr(a + "/32").masked()) in m)',
    );
  });

  test('no networks', () => {
    expect(isInside('a', prefixesOf([], 'IPv4'), 'm')).toBe('false');
  });
});
