import type { Attack } from '../attack.ts';
import { kinds } from '../kinds.ts';

/**
 * The forbidden address in other words, and who refuses it. A strict API server refuses what readers disagree on, and in slices what is not
 * canonical either; before Kubernetes 1.36 both are for us, so the table does not say.
 */
const spellings: readonly (readonly [title: string, address: string, refused?: Attack['refused']])[] = [
  ['as it is', 'TARGET', 'by us'],
  ['leading zeros', '0TARGET'],
  ['IPv4-mapped', '::ffff:TARGET'],
  ['IPv4-mapped, in hextets', '::ffff:{hi}:{lo}'],
  ['IPv4-compatible, dotted tail', '::TARGET', 'by us'],
  ['IPv4-compatible, in hextets', '::{hi}:{lo}', 'by us'],
  ['IPv4-translated', '::ffff:0:TARGET', 'by us'],
  ['IPv4-translated, in hextets', '::ffff:0:{hi}:{lo}', 'by us'],
  ['NAT64', '64:ff9b::{hi}:{lo}', 'by us'],
  ['NAT64, dotted tail', '64:ff9b::TARGET', 'by us'],
  ['NAT64 in capitals, uncompressed', '0064:FF9B:0000:0000:0000:0000:{HI}:{LO}', 'by us'],
  ['NAT64 of a local prefix', '64:ff9b:1::{hi}:{lo}', 'by us'],
  ['NAT64 of a local prefix, with its own subnet', '64:ff9b:1:fffe:1:2:{hi}:{lo}', 'by us'],
  ['NAT64 of a local prefix of 48 bits', '64:ff9b:1:{hi}:{c}:{d0}::', 'by us'],
  ['NAT64 of a local prefix of 48 bits, with a suffix', '64:ff9b:1:{hi}:{c}:{d0}:1:2', 'by us'],
  ['NAT64 of a local prefix of 56 bits', '64:ff9b:1:{a}:{b}:{lo}::', 'by us'],
  ['NAT64 of a local prefix of 64 bits', '64:ff9b:1:5:{a}:{bc}:{d0}:1', 'by us'],
  ['6to4', '2002:{hi}:{lo}::1', 'by us'],
  ['Teredo', '2001:0:808:808:0:1:{~hi}:{~lo}', 'by us'],
  ['ISATAP', '2001:db8::5efe:TARGET', 'by us'],
  ['ISATAP, universal', '2001:db8::200:5efe:{hi}:{lo}', 'by us'],
  ['NAT64 with a zone', '64:ff9b::{hi}:{lo}%eth0', 'by the API server'],
  ['fullwidth digits', '１０.１.２.３', 'by the API server'],
  ['a fullwidth dot', '10。1。2。3', 'by the API server'],
  ['Arabic digits', '١٠.١.٢.٣', 'by the API server'],
  ['hexadecimal', '0x0a.0x01.0x02.0x03', 'by the API server'],
  ['one number', '167838211', 'by the API server'],
  ['three parts', '10.1.515', 'by the API server'],
  ['a trailing dot', 'TARGET.', 'by the API server'],
  ['a leading space', ' TARGET', 'by the API server'],
  ['a line feed behind it', 'TARGET\n', 'by the API server'],
  ['a NUL behind it', 'TARGET\u0000', 'by the API server'],
  ['a port behind it', 'TARGET:80', 'by the API server'],
  ['a prefix length behind it', 'TARGET/32', 'by the API server'],
  ['in brackets', '[::TARGET]', 'by the API server'],
];

export const spellingAttacks: readonly Attack[] = kinds.flatMap((kind) => [
  ...spellings.map(([title, address, refused]): Attack => {
    const ipv6 = address.includes(':') && !address.endsWith(':80');
    const object = kind.object('NAME', address);
    const first =
      refused === 'by us' && !isCanonical(address) && kind.resource === 'endpointslices' ? undefined : refused;
    const body = kind.resource === 'endpoints' ? object : { ...object, addressType: ipv6 ? 'IPv6' : 'IPv4' };
    return { title: `spelled: ${title}`, kind, writes: [{ body }], ...(first ? { refused: first } : {}) };
  }),
]);

function isCanonical(address: string): boolean {
  return !address.includes(':') || !/TARGET|[A-Z]/.test(address);
}

/** Names are judged as what they are. */
const names = [
  'TARGET',
  'secret.victim.svc.cluster.local',
  '0x0a010203',
  '167838211',
  '{0a}.1.2.3',
  'localhost',
  '64-ff9b--1',
  // Whoever resolves them with the C library, or asks the host itself or the cloud
  ...['10.66051', '0xa.0x10203', 'TARGET.', 'db.localhost', 'metadata.google.internal'],
];

export const nameAttacks: readonly Attack[] = names.map((name) => ({
  title: `a slice of names: ${name}`,
  kind: kinds[1],
  writes: [
    {
      body: {
        ...kinds[1].object('NAME', ''),
        addressType: 'FQDN',
        endpoints: [{ addresses: [name], conditions: { ready: true } }],
      },
    },
  ],
}));
