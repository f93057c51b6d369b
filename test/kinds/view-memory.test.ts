import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const count = 100_000;

/** What is held beside the object itself, in bytes for each address. */
function bytesPerAddress(kind: keyof typeof kinds, object: object): number {
  const before = bytesHeld();
  const { view, findings } = kinds[kind].parse({ kind, apiVersion: kinds[kind].apiVersion, ...object }, 100);
  const held = bytesHeld() - before;
  expect([findings, [...view.subsets].reduce((sum, { addresses }) => sum + addresses.length, 0)]).toEqual([[], count]);
  expect(object, 'it is held all the while').not.toEqual({});
  return held / count;
}

function bytesHeld(): number {
  if (typeof collectGarbage !== 'function') throw new Error('node has no gc');
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const targetRef = { kind: 'Pod', name: 'web-0' };
const list = <T>(item: (i: number) => T) => Array.from({ length: count }, (_, i) => item(i));
const ipv4 = (i: number) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
const ipv6 = (i: number) => `2001:db8::${i >> 12}:${(i & 0xfff).toString(16)}`;
const full = { hostname: 'db-0', nodeName: 'node-1', targetRef: { ...targetRef, fieldPath: 'spec.containers{web}' } };

test.each<[string, keyof typeof kinds, () => object]>([
  ['IPv4', 'Endpoints', () => ({ subsets: [{ addresses: list((i) => ({ ip: ipv4(i), nodeName: 'a', targetRef })) }] })],
  ['IPv6', 'Endpoints', () => ({ subsets: [{ addresses: list((i) => ({ ip: ipv6(i), nodeName: 'a', targetRef })) }] })],
  ['IPv6 with all members', 'Endpoints', () => ({ subsets: [{ addresses: list((i) => ({ ip: ipv6(i), ...full })) }] })],
  ['IPv4, a subset each', 'Endpoints', () => ({ subsets: list((i) => ({ addresses: [{ ip: ipv4(i) }] })) })],
  [
    'IPv6',
    'EndpointSlice',
    () => ({ addressType: 'IPv6', endpoints: list((i) => ({ addresses: [ipv6(i)], nodeName: 'a', targetRef })) }),
  ],
])('%s in %s: a view costs at most 100 bytes for each address', (_, kind, make) => {
  const object = JSON.parse(JSON.stringify(make())) as object; // what is put together at run time shrinks when it is read
  bytesPerAddress(kind, object);
  expect(bytesPerAddress(kind, object)).toBeLessThan(100);
});
