import { ipv4, reviewOf, sliceReviewOf, updateOf } from './bodies.ts';

const times = <T>(length: number, make: (i: number) => T): readonly T[] => Array.from({ length }, (_, i) => make(i));

const ports = [{ port: 80 }];

const loopback = (i: number) => ({ ip: `127.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });

const ipv6 = (i: number, prefix: string) => ({
  ip: `${prefix}::${(i >> 12).toString(16)}:${(i & 0xfff).toString(16)}`,
});

/** So many members, each with a key of its own. */
const keyed = (count: number, make: (i: number) => unknown) =>
  Object.fromEntries(times(count, (i) => [`k${i.toString(36)}`, make(i)]));

const denied = [{ addresses: [{ ip: '127.0.0.1' }], ports }];

/** Endpoints that are denied, so that nobody may skip what else is in them. */
function objectWith(metadata: object, subsets: readonly object[] = denied) {
  return { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: 'web', namespace: 'shop', ...metadata }, subsets };
}

const objectReview = (object: object, previous?: object) =>
  reviewOf([], { object, ...(previous && { operation: 'UPDATE', oldObject: previous }) });

/** What JSON.stringify does not write. */
const replaced = (body: Buffer, from: string, to: string) => Buffer.from(body.toString().replaceAll(from, () => to));

const deep = `[${Array(25)
  .fill('['.repeat(9900) + ']'.repeat(9900))
  .join(',')}]`;

/** A character beyond Latin-1 makes the text of a body twice as long as its bytes. */
const wide = (body: Buffer) => replaced(body, '"namespace":"shop"', '"namespace":"shop","x":"€"');

/** Found by searching for what takes most memory, or keeps others waiting longest, within the limits: of each kind the worst. */
export const found: Readonly<Record<string, () => Buffer>> = {
  'distinct loopback addresses': () => reviewOf([{ addresses: times(100_000, loopback), ports }]),
  'loopback addresses in both lists': () =>
    reviewOf([{ addresses: times(50_000, loopback), notReadyAddresses: times(50_000, loopback), ports }]),
  'IPv4 inside IPv6': () => reviewOf([{ addresses: times(100_000, (i) => ({ ip: `::ffff:${ipv4(i)}` })), ports }]),
  'both lists of both objects': () => {
    const subsets = (prefix: string) => {
      const list = times(50_000, (i) => ipv6(i, prefix));
      return [{ addresses: list, notReadyAddresses: list, ports }];
    };
    return updateOf(subsets('1'), subsets('2'));
  },
  'everything twice in many subsets': () => {
    const [address] = times(1, loopback);
    const subset = { addresses: [address, address], notReadyAddresses: [address], ports: [{ port: 0 }] };
    return reviewOf(Array(20_000).fill(subset));
  },
  'subsets of empty lists': () => reviewOf(Array(82_000).fill({ addresses: [], ports: [] })),
  'subsets of one empty port': () => reviewOf(Array(62_000).fill({ ports: [{}] })),
  'more empty ports than are read': () => reviewOf([{ ports: Array(249_000).fill({}) }]),
  'ports with fractions': () =>
    reviewOf([{ addresses: [{ ip: ipv4(1) }], ports: times(100_000, (i) => ({ port: i + 0.123456789012345 })) }]),
  'ports of 800 digits': () =>
    replaced(
      reviewOf([{ addresses: [{ ip: ipv4(1) }], ports: Array(7000).fill({ port: 'digits' }) }]),
      '"digits"',
      '1.2345678901'.padEnd(800, '3'),
    ),
  'node names of 240 characters': () =>
    reviewOf([{ addresses: times(20_000, (i) => ({ ip: ipv4(i), nodeName: `${'a.'.repeat(120)}-${i}` })), ports }]),
  'an address of megabytes': () => reviewOf([{ addresses: [{ ip: '1'.repeat(5_900_000) }], ports }]),
  'a node name of megabytes': () =>
    reviewOf([{ addresses: [{ ip: ipv4(1), nodeName: 'a.'.repeat(2_900_000) }], ports }]),
  'a key of its own in every address': () =>
    reviewOf([{ addresses: times(80_000, (i) => ({ ip: ipv4(i), [`k${i}`]: 0 })), ports }]),
  'an update with a key of its own in every address': () => {
    const subsets = (key: string) => [
      { addresses: times(80_000, (i) => ({ ip: '127.0.0.1', [`${key}${i}`]: 0 })), ports },
    ];
    return updateOf(subsets('k'), subsets('j'));
  },
  'a key of its own in every subset': () => reviewOf(times(120_000, (i) => ({ [`k${i}`]: 0 }))),
  'annotations without number': () => objectReview(objectWith({ annotations: keyed(249_000, () => '') })),
  'annotations with numbers as keys': () =>
    objectReview(objectWith({ annotations: Object.fromEntries(times(249_000, (i) => [i * 17_001, 0])) })),
  'labels and annotations': () => {
    const map = keyed(120_000, (i) => `v${i}`);
    return objectReview(objectWith({ labels: map, annotations: map }));
  },
  'managed fields, wide': () =>
    wide(objectReview(objectWith({ managedFields: times(120_000, (i) => ({ [`f:${i}`]: {} })) }))),
  'escapes in every key': () =>
    replaced(reviewOf([{ addresses: times(100_000, (i) => ipv6(i, '1')), ports }]), '"ip"', '"\\u0069p"'),
  'a label of escapes': () =>
    replaced(objectReview(objectWith({ labels: { a: 'escapes' } })), 'escapes', '\\u4141'.repeat(1_000_000)),
  'members twice': () =>
    replaced(
      reviewOf([{ addresses: times(80_000, (i) => ({ ...ipv6(i, '1'), twice: 0 })), ports }]),
      '"twice":0',
      '"ip":""',
    ),
  'both objects as deep as is read': () =>
    replaced(
      objectReview(objectWith({ managedFields: 'deep' }), objectWith({ managedFields: 'deep' }, [...denied, {}])),
      '"deep"',
      deep,
    ),
  'an update of references': () => {
    const subsets = (other: string) => [
      {
        addresses: times(27_000, (i) => ({
          ip: ipv4(i),
          nodeName: `n${i}`,
          targetRef: { kind: 'Pod', namespace: `${other}${i}`, name: `w${i}` },
        })),
        ports,
      },
    ];
    return updateOf(subsets('a'), subsets('b'));
  },
  'an update that turns the order of denied addresses': () => {
    const addresses = times(100_000, loopback);
    return updateOf([{ addresses, ports }], [{ addresses: addresses.toReversed(), ports }]);
  },
  'an update that turns the order of subsets': () => {
    const subsets = times(33_000, (i) => ({ addresses: [{ ip: ipv4(i) }], ports: [{ port: 1 + i }] }));
    return updateOf(subsets, subsets.toReversed());
  },
  'slice: a key of its own in every endpoint': () =>
    sliceReviewOf({ endpoints: times(60_000, (i) => ({ addresses: [ipv4(i)], [`k${i}`]: 0 })) }),
  'slice: topologies': () =>
    sliceReviewOf({
      endpoints: times(40_000, (i) => ({ addresses: [ipv4(i)], deprecatedTopology: { [`k${i}`]: 'a' } })),
    }),
};

/** The same of what is not judged. */
export const refused: Readonly<Record<string, () => Buffer>> = {
  'extra without number': () =>
    reviewOf(denied, { userInfo: { username: 'alice', extra: keyed(120_000, () => ['']) } }),
  'groups without number': () =>
    reviewOf(denied, { userInfo: { username: 'alice', groups: times(249_000, (i) => `g${i}`) } }),
};
