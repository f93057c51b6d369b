import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPortSet, parsePortRange } from '../../src/endpoints/port-set.ts';

test.each([
  ['TCP/1', 1, 1],
  ['UDP/53', 53, 53],
  ['SCTP/65535', 65535, 65535],
  ['TCP/2379-2380', 2379, 2380],
  ['TCP/1-65535', 1, 65535],
  ['TCP/80-80', 80, 80],
])('%s', (text, first, last) => {
  expect(parsePortRange(text)).toEqual({ text, protocol: text.slice(0, text.indexOf('/')), first, last });
});

test.each([
  ['', 'is not a port such as TCP/10250 or TCP/2379-2380'],
  ['10250', 'write TCP/10250 if TCP is meant'],
  ['2379-2380', 'write TCP/2379-2380 if TCP is meant'],
  ['tcp/22', 'write the protocol in capitals'],
  ['ICMP/1', 'is not a port'],
  ['TCP', 'is not a port'],
  ['TCP/', 'is not a port'],
  ['TCP/0', 'is not a port'],
  ['TCP/-1', 'is not a port'],
  ['TCP/022', 'is not a port'],
  ['TCP/22.0', 'is not a port'],
  ['TCP/0x16', 'is not a port'],
  ['TCP/ssh', 'is not a port'],
  ['TCP/22-', 'is not a port'],
  ['TCP/-22', 'is not a port'],
  ['TCP/22-23-24', 'is not a port'],
  ['TCP/22,23', 'is not a port'],
  ['TCP/22 ', 'is not a port'],
  ['TCP/22\n', 'is not a port'],
  ['TCP/٢٢', 'is not a port'],
  ['TCP/123456', 'is not a port'],
  ['TCP/65536', 'goes beyond the last port, 65535'],
  ['TCP/1-65536', 'goes beyond the last port, 65535'],
  ['TCP/23-22', 'ends before it begins: write TCP/22-23'],
])('%j is refused', (text, advice) => expect(() => parsePortRange(text)).toThrow(advice));

test('protocols are compared whatever their case, and others have no ports', () => {
  const set = createPortSet(['TCP/22', 'UDP/53'].map(parsePortRange));
  expect(['TCP', 'tcp', 'Tcp'].map((protocol) => set.find(protocol, 22)?.text)).toEqual(['TCP/22', 'TCP/22', 'TCP/22']);
  expect(['UDP', 'SCTP', 'ICMP', '', '__proto__'].map((protocol) => set.find(protocol, 22))).toEqual(
    Array(5).fill(undefined),
  );
  expect(set.of('udp').map(({ text }) => text)).toEqual(['UDP/53']);
  expect(set.of('constructor')).toEqual([]);
});

const port = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(65534, 65535));
const range = fc
  .tuple(fc.constantFrom('TCP', 'UDP'), port, port)
  .map(([protocol, a, b]) => parsePortRange(`${protocol}/${Math.min(a, b)}-${Math.max(a, b)}`));

test('finds a range around a port exactly where there is one', () =>
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
      const set = createPortSet(ranges);
      for (const wanted of [-1, 0, ...Array.from({ length: 14 }, (_, i) => i), 65534, 65535, 65536]) {
        const around = ranges.filter(
          ({ protocol, first, last }) => protocol === 'TCP' && first <= wanted && wanted <= last,
        );
        const found = set.find('TCP', wanted);
        if (around.length === 0) expect(found).toBeUndefined();
        else expect(around).toContain(found);
      }
    }),
    { numRuns: 1000 },
  ));
