import { isExpressed } from './admission-policies.ts';

/** Why API servers come to another verdict by a policy than the webhook, and by name each case in which they do. */
interface Known {
  readonly reason: string;
  /** The rule that must be checked in CEL for it to show. */
  readonly rule?: string;
  readonly titles: readonly string[];
}

const special = [
  ...['ipv6-unspecified', 'ipv6-unspecified-uncompressed', 'slice-ipv6-unspecified'],
  ...['ipv6-link-local', 'ipv6-link-local-last', 'ipv6-link-local-multicast', 'ipv6-link-local-multicast-all-flags'],
  ...['ipv6-link-local-multicast-last', 'ipv6-link-local-multicast-transient', 'ipv6-link-local-upper-case'],
  ...[
    'ipv6-loopback',
    'ipv6-loopback-dotted-tail',
    'ipv6-loopback-uncompressed',
    'link-local-first',
    'link-local-last',
  ],
  ...['link-local-metadata-service', 'link-local-multicast-first', 'link-local-multicast-last', 'loopback'],
  ...['loopback-first', 'loopback-last', 'of-not-ready-address', 'second-of-two'],
  ...['slice-ipv6-link-local-last', 'slice-ipv6-link-local-multicast', 'slice-ipv6-loopback', 'slice-link-local-first'],
  ...['slice-link-local-last', 'slice-link-local-metadata-service', 'slice-link-local-multicast-first'],
  ...['slice-link-local-multicast-last', 'slice-loopback-first', 'slice-loopback-last', 'slice-not-ready'],
  ...['slice-of-second-endpoint', 'slice-second-of-two-addresses', 'slice-without-ports'],
];

const otherTypes = [
  ...['slice-address-type-empty', 'slice-address-type-lower-case', 'slice-address-type-missing'],
  ...['slice-address-type-null', 'slice-ipv4-in-ipv6', 'slice-ipv6-in-ipv4', 'slice-loopback-of-the-other-family'],
];

const known: readonly Known[] = [
  {
    reason: 'the validation of API servers refuses special addresses that are not written inside another',
    rule: 'special-address',
    titles: special.map((name) => `special-address/reject/${name}`),
  },
  {
    reason: 'the validation of API servers refuses other address types, and addresses of another type',
    rule: 'well-formed',
    titles: otherTypes.map((name) => `well-formed/reject/${name}`),
  },
  {
    reason: 'API servers fill it in',
    rule: 'well-formed',
    titles: ['api-version-missing', 'slice-api-version-missing'].map((name) => `well-formed/reject/${name}`),
  },
  {
    reason: 'API servers decode it as an empty name, which their validation refuses',
    rule: 'well-formed',
    titles: ['finalizer-null', 'slice-finalizer-null'].map((name) => `well-formed/reject/${name}`),
  },
  {
    reason: 'more than API servers can judge in time is refused',
    titles: ['10,001 subsets', '10,001 addresses', '5,000 ready and 5,001 not ready addresses', '10,001 ports'],
  },
  {
    reason: 'so many ready addresses must not name one twice, as documented of ready-and-not-ready',
    rule: 'ready-and-not-ready',
    titles: ['400 ready addresses, one named twice'],
  },
];

/** By name, in alphabetical order. */
export function knownDifferences(minor: number): readonly string[] {
  const own = known.filter(({ rule }) => rule === undefined || isExpressed(rule, 'Endpoints', minor));
  return own.flatMap(({ titles }) => titles).sort();
}
