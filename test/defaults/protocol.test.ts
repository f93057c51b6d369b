import { expect, test } from 'vitest';
import { fillProtocols } from '../../src/defaults/protocol.ts';

test.each([
  [[{ ports: [{ port: 1 }] }], [{ ports: [{ port: 1, protocol: 'TCP' }] }]],
  [[{ ports: [{ protocol: null }, { protocol: '' }] }], [{ ports: [{ protocol: 'TCP' }, { protocol: 'TCP' }] }]],
  [[{ ports: [null, {}] }], [{ ports: [{ protocol: 'TCP' }, { protocol: 'TCP' }] }]],
  [
    [{ x: 1 }, { y: [2], ports: [{ protocol: 'UDP' }, { name: 'a', appProtocol: null }] }, null],
    [{ x: 1 }, { y: [2], ports: [{ protocol: 'UDP' }, { name: 'a', appProtocol: null, protocol: 'TCP' }] }, null],
  ],
  [[{ ports: ['a', 5, [], {}] }], [{ ports: ['a', 5, [], { protocol: 'TCP' }] }]],
])('%j becomes %j', (sent, filled) => {
  const copy = structuredClone(sent);
  expect(fillProtocols(sent)).toEqual(filled);
  expect(sent).toEqual(copy);
});

test.each([
  [[]],
  [[{}]],
  [[null, 5, 'x', [], { ports: null }, { ports: {} }]],
  [[{ ports: [{ protocol: 'TCP' }, { protocol: 'sctp' }, { protocol: 5 }, 'x', []] }]],
])('%j is the same list', (sent) => expect(fillProtocols(sent)).toBe(sent));

test('a key named __proto__ is kept as data', () => {
  const [subset] = fillProtocols(JSON.parse('[{"ports":[{"__proto__":{"protocol":"UDP"}}]}]'));
  expect(JSON.stringify(subset)).toBe('{"ports":[{"__proto__":{"protocol":"UDP"},"protocol":"TCP"}]}');
});
