import { expect, test } from 'vitest';
import { packSubsets } from '../../src/defaults/pack-subsets.ts';

const a = { ip: '10.0.0.1' };
const b = { ip: '10.0.0.2' };
const c = { ip: '10.0.0.3' };
const p = { name: 'p', port: 1 };
const q = { name: 'q', port: 2 };

test.each<[string, unknown[], unknown[]]>([
  [
    'same ports',
    [
      { addresses: [a], ports: [p] },
      { addresses: [b], ports: [p] },
    ],
    [{ addresses: [a, b], ports: [p] }],
  ],
  [
    'same addresses',
    [
      { addresses: [a], ports: [p] },
      { addresses: [a], ports: [q] },
    ],
    [{ addresses: [a], ports: [p, q] }],
  ],
  [
    'ports as sets',
    [
      { addresses: [a], ports: [p, q] },
      { addresses: [b], ports: [q, p, q] },
    ],
    [{ addresses: [a, b], ports: [p, q] }],
  ],
  [
    'any key order',
    [
      { addresses: [a], ports: [p] },
      { addresses: [b], ports: [{ port: 1, name: 'p' }] },
    ],
    [{ addresses: [a, b], ports: [p] }],
  ],
  [
    'readiness is kept',
    [
      { addresses: [a], ports: [p] },
      { notReadyAddresses: [b], ports: [p] },
      { addresses: [c], ports: [p] },
    ],
    [{ addresses: [a, c], notReadyAddresses: [b], ports: [p] }],
  ],
  [
    'in several rounds',
    [
      { addresses: [a], ports: [p] },
      { addresses: [a], ports: [q] },
      { addresses: [b], ports: [p, q] },
    ],
    [{ addresses: [a, b], ports: [p, q] }],
  ],
  [
    'by first appearance',
    [
      { addresses: [c], ports: [q] },
      { addresses: [b], ports: [p] },
      { addresses: [a], ports: [q] },
    ],
    [
      { addresses: [c, a], ports: [q] },
      { addresses: [b], ports: [p] },
    ],
  ],
  [
    'null lists',
    [
      { addresses: [a], notReadyAddresses: null, ports: [p] },
      { addresses: [b], ports: [p] },
    ],
    [{ addresses: [a, b], notReadyAddresses: null, ports: [p] }],
  ],
])('merges %s', (_, sent, packed) => {
  const copy = structuredClone(sent);
  expect(packSubsets(sent)).toEqual(packed);
  expect(packSubsets(packed)).toBe(packed);
  expect(sent).toEqual(copy);
});

const unnamed = { port: 1 };
const twin = { name: 'p', port: 2 };

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['one subset', [{ addresses: [a, a], ports: [p, p] }]],
  [
    'nothing alike',
    [
      { addresses: [a], ports: [p] },
      { addresses: [b], ports: [q] },
    ],
  ],
  [
    'other readiness',
    [
      { addresses: [a], ports: [p] },
      { notReadyAddresses: [a], ports: [q] },
    ],
  ],
  [
    'addresses that differ in a field',
    [
      { addresses: [{ ...a, hostname: 'x' }], ports: [p] },
      { addresses: [a], ports: [q] },
    ],
  ],
  [
    'ports of one name',
    [
      { addresses: [a], ports: [p] },
      { addresses: [a], ports: [twin] },
    ],
  ],
  [
    'a port sent twice and another of its name',
    [
      { addresses: [a], ports: [p, p] },
      { addresses: [a], ports: [twin] },
    ],
  ],
  [
    'ports without a name',
    [
      { addresses: [a], ports: [unnamed] },
      { addresses: [a], ports: [{ name: '', port: 2 }] },
    ],
  ],
  [
    'all, where one merge would make twins',
    [
      { addresses: [a], ports: [p] },
      { addresses: [a], ports: [twin] },
      { addresses: [b], ports: [q] },
      { addresses: [c], ports: [q] },
    ],
  ],
  [
    'unknown fields',
    [
      { addresses: [a], ports: [p], x: 1 },
      { addresses: [b], ports: [p] },
    ],
  ],
  [
    'malformed lists',
    [
      { addresses: [a], ports: [p] },
      { addresses: 'x', ports: [p] },
    ],
  ],
  [
    'malformed members',
    [
      { addresses: [a], ports: [p] },
      { addresses: [null], ports: [p] },
    ],
  ],
  ['malformed subsets', [{ addresses: [a], ports: [p] }, null, { addresses: [b], ports: [p] }]],
])('leaves as it was sent: %s', (_, sent) => expect(packSubsets(sent)).toBe(sent));

test('a key named __proto__ is kept, and tells members apart', () => {
  const [one, two] = ['{"ip":"1","__proto__":{"x":1}}', '{"ip":"1"}'].map((text) => JSON.parse(text));
  const sent = [
    { addresses: [one], ports: [p] },
    { addresses: [two], ports: [p] },
  ];
  expect(JSON.stringify(packSubsets(sent))).toBe(
    '[{"addresses":[{"ip":"1","__proto__":{"x":1}},{"ip":"1"}],"ports":[{"name":"p","port":1}]}]',
  );
});

const many = Array.from({ length: 3333 }, (_, i) => i);

test.each<[string, (i: number) => object, number]>([
  ['of one port', (i) => ({ addresses: [{ ip: `${i}` }], ports: [p] }), 1],
  ['of one address', (i) => ({ addresses: [a], ports: [{ name: `${i}`, port: 1 }] }), 1],
  ['in pairs', (i) => ({ addresses: [{ ip: `${i}` }], ports: [{ port: i >> 1 }] }), 1667],
  ['with nothing in common', (i) => ({ addresses: [{ ip: `${i}` }], ports: [{ port: i }] }), 3333],
])('3,333 subsets %s', (_, subset, length) => expect(packSubsets(many.map(subset))).toHaveLength(length));

test('more than 10,000 subsets and members stay as they were sent: packing them would hold up everybody else', () => {
  const subsets = Array.from({ length: 3334 }, (_, i) => ({ addresses: [{ ip: `${i}` }], ports: [{ port: 80 }] }));
  expect(packSubsets(subsets.slice(1))).toHaveLength(1);
  expect(packSubsets(subsets)).toBe(subsets);
});
