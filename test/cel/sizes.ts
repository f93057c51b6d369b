import { tenant } from '../e2e/support/names.ts';
import { badObjects, goodEndpoints, goodSlice } from '../e2e/support/objects.ts';
import { type Case, defaultPolicy } from './case.ts';

const who = {
  policy: defaultPolicy,
  user: tenant.user,
  groups: tenant.groups ?? [],
  namespace: 'shop',
  name: 'web',
} as const;
const created = { ...who, operation: 'CREATE', kind: 'Endpoints' } as const;
const ports = [{ port: 80, protocol: 'TCP' }];

/** Around the maxima that stand in expressions. */
export function sizeCases(): readonly Case[] {
  return [
    { ...created, title: '10,001 subsets', object: endpoints(list(10_001, () => ({ addresses: ipv4(1), ports }))) },
    { ...created, title: '10,001 addresses', object: endpoints([{ addresses: ipv4(10_001), ports }]) },
    {
      ...created,
      title: '5,000 ready and 5,001 not ready addresses',
      object: endpoints([{ addresses: ipv4(5000), notReadyAddresses: ipv4(5001, 5000), ports }]),
    },
    {
      ...created,
      title: '10,001 ports',
      object: endpoints([
        { addresses: ipv4(1), ports: list(10_001, (i) => ({ ...ports[0], port: i + 1, name: `p-${i}` })) },
      ]),
    },
    ...[300, 400].map(
      (count): Case => ({ ...created, title: `${count} ready addresses, one not ready too`, object: twice(count) }),
    ),
    ...[300, 400].map(
      (count): Case => ({ ...created, title: `${count} ready addresses, one named twice`, object: named(count) }),
    ),
    { ...created, title: 'a field path of 1,024 characters', object: withFieldPath('a'.repeat(1024)) },
    { ...created, title: 'a field path of 1,025 characters', object: withFieldPath('a'.repeat(1025)) },
    ...[300, 400].flatMap(finalizerCases),
  ];
}

/** What an API server judges at the maxima, whose time is bounded too. */
export function largeCases(): readonly Case[] {
  const addresses = list(1000, (i) => ({ addresses: [`2001:db8::${(i + 1).toString(16)}`] }));
  const translated = list(1000, (i) => ({ addresses: [`64:ff9b:1::808:${(i + 1).toString(16)}`] }));
  return [
    { ...created, title: '10,000 addresses', object: endpoints([{ addresses: ipv4(10_000), ports }]) },
    {
      ...created,
      title: '5,000 ready and 5,000 not ready addresses',
      object: endpoints([{ addresses: ipv4(5000), notReadyAddresses: ipv4(5000, 5000), ports }]),
    },
    {
      ...created,
      kind: 'EndpointSlice',
      title: 'a slice of 1,000 endpoints',
      object: { ...goodSlice('web'), addressType: 'IPv6', endpoints: addresses },
    },
    {
      ...created,
      kind: 'EndpointSlice',
      title: 'a slice of 1,000 endpoints behind a NAT64 prefix',
      object: { ...goodSlice('web'), addressType: 'IPv6', endpoints: translated },
    },
    {
      ...created,
      title: '5,000 IPv6 addresses',
      object: endpoints([{ addresses: list(5000, (i) => ({ ip: `2001:db8::${(i + 1).toString(16)}` })), ports }]),
    },
    {
      ...created,
      title: '2,000 translated addresses',
      object: endpoints([{ addresses: list(2000, (i) => ({ ip: `64:ff9b:1::808:${(i + 1).toString(16)}` })), ports }]),
    },
  ];
}

function finalizerCases(count: number): readonly Case[] {
  const finalizers = list(count, (i) => `example.com/keep-${i}`);
  return (['Endpoints', 'EndpointSlice'] as const).map((kind) => {
    const oldObject = { ...badObjects[kind]('web'), metadata: { name: 'web', finalizers } };
    const object = { ...oldObject, metadata: { ...oldObject.metadata, labels: { app: 'web' } } };
    return {
      ...who,
      kind,
      operation: 'UPDATE',
      title: `${kind} with ${count} finalizers as they were`,
      object,
      oldObject,
    };
  });
}

function endpoints(subsets: readonly object[]) {
  return { ...goodEndpoints('web'), subsets };
}

function twice(count: number) {
  return endpoints([{ addresses: ipv4(count), notReadyAddresses: ipv4(count, count - 1), ports }]);
}

/** One more ready address than different ones. */
function named(count: number) {
  return endpoints([{ addresses: [...ipv4(count), ...ipv4(1)], notReadyAddresses: ipv4(count, count), ports }]);
}

function withFieldPath(fieldPath: string) {
  return endpoints([{ addresses: [{ ip: '10.1.2.3', targetRef: { kind: 'Pod', name: 'web', fieldPath } }], ports }]);
}

function ipv4(count: number, from = 0) {
  return list(count, (i) => ({ ip: `10.${(i + from) >> 16}.${((i + from) >> 8) & 255}.${(i + from) & 255}` }));
}

function list<T>(length: number, make: (i: number) => T): readonly T[] {
  return Array.from({ length }, (_, i) => make(i));
}
