import { reviewOf, sliceReviewOf, validReview, validSliceReview } from './bodies.ts';
import { measure } from './measure.ts';
import { deniedReview, updateReview } from './reviews.ts';
import type { Target } from './targets.ts';

const ports = [{ port: 80 }];
const withAddress = (fields: object) => reviewOf([{ addresses: [{ ip: '10.1.2.3', ...fields }], ports }]);
const withPorts = (list: readonly object[]) => reviewOf([{ addresses: [{ ip: '10.1.2.3' }], ports: list }]);

/** Reviews of which each violates one rule of the default policy. */
const denied = {
  'a loopback address': deniedReview(3),
  'a metadata service': withAddress({ ip: '168.63.129.16' }),
  'a link-local address inside an IPv6 address': withAddress({ ip: '64:ff9b::a9fe:a9fe' }),
  'a leading zero': withAddress({ ip: '010.1.2.3' }),
  'an IPv4-mapped address': withAddress({ ip: '::ffff:10.1.2.3' }),
  'a hostname with a dot': withAddress({ hostname: 'a.b' }),
  'a node name in capitals': withAddress({ nodeName: 'Node' }),
  'a resourceVersion': withAddress({ targetRef: { resourceVersion: '1' } }),
  'no subsets': reviewOf([]),
  'no ports': withPorts([]),
  'no ready address': reviewOf([{ notReadyAddresses: [{ ip: '10.1.2.3' }], ports }]),
  'an address in both lists': reviewOf([
    { addresses: [{ ip: '2001:db8::1' }], notReadyAddresses: [{ ip: '2001:db8:0::1' }], ports },
  ]),
  'port 0': withPorts([{ port: 0 }]),
  'two ports without names': withPorts([{ port: 80 }, { port: 81 }]),
  'a port name in capitals': withPorts([{ name: 'HTTP', port: 80 }]),
  SCTP: withPorts([{ port: 80, protocol: 'SCTP' }]),
  'a slice of names': sliceReviewOf({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example'] }], ports }),
  'a slice with another family': sliceReviewOf({ endpoints: [{ addresses: ['2001:db8::1'] }], ports }),
};

const allowed = {
  '3 addresses': validReview(3),
  'an UPDATE': updateReview(3),
  'a slice': validSliceReview(3),
};

/** Throws where a server does not judge by the rules that all of them are said to share. */
export async function verifyRules(targets: readonly Target[]): Promise<void> {
  for (const target of targets)
    for (const [isAllowed, bodies] of [
      [true, allowed],
      [false, denied],
    ] as const)
      for (const [name, body] of Object.entries(bodies))
        await measure(target, { body, allowed: isAllowed, connections: 1 }, 0).catch((cause: unknown) => {
          throw new Error(`${target.name} misjudges ${name}`, { cause });
        });
}
