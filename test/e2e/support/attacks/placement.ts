import type { Attack } from '../attack.ts';
import { endpoints, slices } from '../kinds.ts';

// The forbidden target where one might forget to look.

const port = { name: 'http', port: 8080, protocol: 'TCP' };
const good = '198.51.100.7';
const ready = { ready: true };

const subsets: Readonly<Record<string, readonly object[]>> = {
  'the second address': [{ addresses: [{ ip: good }, { ip: 'TARGET' }], ports: [port] }],
  'the list of those not ready': [{ addresses: [{ ip: good }], notReadyAddresses: [{ ip: 'TARGET' }], ports: [port] }],
  'only the list of those not ready': [{ notReadyAddresses: [{ ip: 'TARGET' }], ports: [port] }],
  'the second subset': [
    { addresses: [{ ip: good }], ports: [port] },
    { addresses: [{ ip: 'TARGET' }], ports: [{ ...port, port: 8081 }] },
  ],
  'the second subset with the first one’s port, which are packed': [
    { addresses: [{ ip: good }], ports: [port] },
    { addresses: [{ ip: 'TARGET' }], ports: [port] },
  ],
  'both lists': [{ addresses: [{ ip: 'TARGET' }], notReadyAddresses: [{ ip: 'TARGET' }], ports: [port] }],
  'the last of 60,000 addresses': [{ addresses: [...many(60_000), 'TARGET'].map((ip) => ({ ip })), ports: [port] }],
  'behind a targetRef to a pod of his own': [
    { addresses: [{ ip: 'TARGET', targetRef: { kind: 'Pod', namespace: 'default', name: 'mine' } }], ports: [port] },
  ],
};

const endpointLists: Readonly<Record<string, object>> = {
  'the second endpoint': { endpoints: [one(good), one('TARGET')] },
  'the second address of an endpoint': { endpoints: [{ addresses: [good, 'TARGET'], conditions: ready }] },
  'the hundredth address of an endpoint': { endpoints: [{ addresses: [...many(99), 'TARGET'], conditions: ready }] },
  'the last of 1,000 endpoints': { endpoints: [...many(999).map(one), one('TARGET')] },
  'the last of 50,000 addresses': {
    endpoints: Array.from({ length: 1000 }, (_, i) => ({
      addresses: [...many(49 + i).slice(i), i === 999 ? 'TARGET' : good],
      conditions: ready,
    })),
  },
  'an endpoint that is not ready': { endpoints: [{ addresses: ['TARGET'], conditions: { ready: false } }] },
  'an endpoint that terminates': {
    endpoints: [{ addresses: ['TARGET'], conditions: { ready: false, serving: true, terminating: true } }],
  },
  'an endpoint of unknown condition': { endpoints: [{ addresses: ['TARGET'] }] },
  'an endpoint for another node or zone': {
    endpoints: [
      {
        addresses: ['TARGET'],
        conditions: ready,
        nodeName: 'elsewhere',
        zone: 'z',
        hints: { forZones: [{ name: 'y' }] },
      },
    ],
  },
  'a slice without ports': { endpoints: [one('TARGET')], ports: null },
};

const ports: Readonly<Record<string, readonly object[]>> = {
  'the second port': [port, { name: 'kubelet', port: 10250, protocol: 'TCP' }],
  'a range’s end': [{ ...port, port: 2380 }],
  'without a protocol': [{ name: 'http', port: 10250 }],
};

export const placementAttacks: readonly Attack[] = [
  ...Object.entries(subsets).map(
    ([title, content]): Attack => ({
      title: `in ${title}`,
      kind: endpoints,
      writes: [{ body: { ...endpoints.object('NAME', good), subsets: content } }],
      refused: 'by us',
    }),
  ),
  ...Object.entries(endpointLists).map(
    ([title, content]): Attack => ({
      title: `in ${title}`,
      kind: slices,
      writes: [{ body: { ...slices.object('NAME', good), ...content } }],
      refused: 'by us',
    }),
  ),
  ...Object.entries(ports).flatMap(([title, list]): readonly Attack[] => [
    {
      title: `a forbidden port: ${title}`,
      kind: endpoints,
      writes: [{ body: { ...endpoints.object('NAME', good), subsets: [{ addresses: [{ ip: good }], ports: list }] } }],
      refused: 'by us',
    },
    {
      title: `a forbidden port: ${title}`,
      kind: slices,
      writes: [{ body: { ...slices.object('NAME', good), ports: list } }],
      refused: 'by us',
    },
  ]),
  {
    title: 'a forbidden port: null, which is every port',
    kind: slices,
    writes: [{ body: slices.object('NAME', good, null) }],
    refused: 'by us',
  },
  {
    title: 'a forbidden port: {}, which is every port',
    kind: slices,
    writes: [{ body: { ...slices.object('NAME', good), ports: [{}] } }],
    refused: 'by us',
  },
  {
    title: 'a forbidden port: 0, with a protocol in small letters',
    kind: slices,
    writes: [{ body: { ...slices.object('NAME', good), ports: [{ ...port, port: 10250, protocol: 'tcp' }] } }],
    refused: 'by the API server',
  },
];

function one(address: string) {
  return { addresses: [address], conditions: ready };
}

/** External addresses, each another one. */
function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`);
}
