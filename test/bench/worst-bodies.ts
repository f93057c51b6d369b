import { ipv4, reviewOf, sliceReviewOf, updateOf } from './bodies.ts';
import { found, refused } from './found-bodies.ts';

const wrong = { ip: '127.0.0.1', hostname: 'a.b', nodeName: '', targetRef: { resourceVersion: '1', fieldPath: '[' } };

const ipv6 = (i: number, prefix = '1:') => `${prefix}:${(i >> 12).toString(16)}:${(i & 0xfff).toString(16)}`;

const list = (length: number, ip: (i: number) => string) => Array.from({ length }, (_, i) => ({ ip: ip(i) }));

const ports = [{ port: 80 }];

/** The most values in one object, less what its head takes, and the most items that are read. */
const [values, items] = [249_900, 100_000];

/** The worst that we could construct within the limits of a review: each fills them in another way. */
export const worst: Readonly<Record<string, () => Buffer>> = {
  'empty subsets': () => reviewOf(Array(items).fill({})),
  'null subsets': () => reviewOf(Array(items).fill(null)),
  'more empty subsets than are read': () => reviewOf(Array(values).fill({})),
  'empty ports': () => reviewOf([{ addresses: [{ ip: ipv4(1) }], ports: Array(items).fill({}) }]),
  'IPv6 addresses': () => reviewOf([{ addresses: list(items, (i) => ipv6(i, '2001:db8:1:2:3')), ports }]),
  'malformed addresses': () => reviewOf([{ addresses: Array(items).fill({ ip: 'x' }), ports }]),
  'loopback addresses': () => reviewOf([{ addresses: Array(items).fill({ ip: '127.0.0.1' }), ports }]),
  'both lists': () => reviewOf([{ addresses: list(items / 2, ipv4), notReadyAddresses: list(items / 2, ipv4), ports }]),
  'both lists, IPv6': () =>
    reviewOf([{ addresses: list(items / 2, ipv6), notReadyAddresses: list(items / 2, ipv6), ports }]),
  'everything wrong': () =>
    reviewOf([
      { addresses: Array(30_000).fill(wrong), ports: Array(9000).fill({ name: '_', port: 0, protocol: 'x' }) },
    ]),
  'everything wrong, half unreadable': () =>
    reviewOf([
      {
        addresses: [...Array(9000).fill({ ip: 'x' }), ...Array(27_000).fill(wrong)],
        ports: Array(9000).fill({ name: '_', port: 0, protocol: 'x' }),
      },
    ]),
  'subsets to pack': () =>
    reviewOf(Array.from({ length: 33_000 }, (_, i) => ({ addresses: [{ ip: ipv4(i) }], ports }))),
  'an update of the most that is read': () =>
    updateOf(
      [{ addresses: [...list(items - 1, ipv6), { ip: '127.0.0.1' }], ports }],
      [{ addresses: list(items, ipv6), ports }],
    ),
  'an update of more than is read': () =>
    updateOf([{ addresses: list(124_900, ipv6), ports }], [{ addresses: list(124_900, ipv6), ports }]),
  'an update with everything wrong': () => {
    const subsets = [{ addresses: Array(30_000).fill(wrong), ports }];
    return updateOf(subsets, [...subsets, {}]);
  },
  'slice: empty endpoints': () => sliceReviewOf({ endpoints: Array(items).fill({}) }),
  'slice: empty ports': () => sliceReviewOf({ ports: Array(items).fill({}) }),
  'slice: owners': () => sliceReviewOf({ metadata: { ownerReferences: Array(items).fill({}) } }),
  'slice: IPv6 addresses': () =>
    sliceReviewOf({ addressType: 'IPv6', endpoints: list(83_000, ipv6).map(({ ip }) => ({ addresses: [ip] })) }),
  'slice: more addresses than are read': () =>
    sliceReviewOf({ addressType: 'IPv6', endpoints: [{ addresses: list(values, ipv6).map(({ ip }) => ip) }] }),
  'slice: loopback addresses': () => sliceReviewOf({ endpoints: [{ addresses: Array(items).fill('127.0.0.1') }] }),
  'slice: malformed addresses': () => sliceReviewOf({ endpoints: [{ addresses: Array(items).fill('x') }] }),
  'slice: another family': () => sliceReviewOf({ endpoints: [{ addresses: Array(items).fill('::2') }] }),
  'members that nobody reads': () =>
    reviewOf([], { options: Array(values).fill({}), dryRun: Array(values / 2).fill({}) }),
  ...found,
};

/** Beyond them: not judged. Four of them ended a process with the heap of the chart, when it parsed them before it counted. */
export const excessive: Readonly<Record<string, () => Buffer>> = {
  'too many values': () => reviewOf(Array(2_000_000).fill({})),
  '490,000 IPv6 addresses': () => reviewOf([{ addresses: list(490_000, ipv6), ports }]),
  'slice: 990,000 IPv6 addresses': () =>
    sliceReviewOf({ addressType: 'IPv6', endpoints: [{ addresses: list(990_000, ipv6).map(({ ip }) => ip) }] }),
  '240,000 in both lists': () =>
    reviewOf([{ addresses: list(240_000, ipv6), notReadyAddresses: list(240_000, ipv6), ports }]),
  'an update from 150,000 to 345,000': () =>
    updateOf(
      [{ addresses: [...list(345_000, ipv6), { ip: '127.0.0.1' }], ports }],
      [{ addresses: list(150_000, ipv6), ports }],
    ),
  ...refused,
};

/** The body with its lists shortened, just as much as it takes to fit; as it is where that is not enough. */
export function shrink(body: Buffer, fits: (body: Buffer) => boolean): Buffer {
  if (fits(body) || isDeep(body)) return body;
  const review: unknown = JSON.parse(body.toString());
  let [shrunk, part] = [body, 0];
  for (let step = 1 / 2; step > 1e-4; step /= 2) {
    const next = Buffer.from(JSON.stringify(review, (_, value) => shorten(value, part + step)));
    if (fits(next)) [shrunk, part] = [next, part + step];
  }
  return shrunk;
}

function shorten(value: unknown, part: number): unknown {
  return Array.isArray(value) && value.length > 50 ? value.slice(0, value.length * part) : value;
}

/** `JSON.stringify` calls itself for each level, and would fill the stack. */
function isDeep(body: Buffer): boolean {
  return body.includes('['.repeat(1000)) || body.includes('{"a":'.repeat(1000));
}
