import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import { reachableAddress } from '../endpoints/address-problem.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { matchAddress } from '../endpoints/match-address.ts';
import { labelsOf } from '../endpoints/name-text.ts';
import { type Network, parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { quote } from '../endpoints/quote.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { namePattern, specialNames } from './presets/names.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

interface Special extends Network {
  readonly name: string;
  /** Whether an API server refuses it by itself. */
  readonly builtIn: boolean;
}

/** All but ff02::/16, which is several networks: its flags do not matter. */
export const specialRanges: readonly Special[] = (
  [
    ['the unspecified address', true, ['0.0.0.0/32', '::/128']],
    ['an address of "this network"', false, ['0.0.0.0/8']], // RFC 791, 1122: Linux delivers some of it to itself
    ['a loopback address', true, ['127.0.0.0/8', '::1/128']],
    ['a link-local address', true, ['169.254.0.0/16', 'fe80::/10']],
    ['a link-local multicast address', true, ['224.0.0.0/24']],
    ['the broadcast address of each link', false, ['255.255.255.255/32']], // RFC 919
  ] as const
).flatMap(([name, builtIn, networks]) => networks.map((text) => ({ name, builtIn, ...parseNetwork(text) })));

export const specialAddress = defineRule({
  id: 'special-address',
  title: 'Addresses are not loopback, link-local, link-local multicast, broadcast or unspecified.',
  why: `
    Such an address means something else on each machine: whoever forwards traffic to it reaches itself or its own link (on
    a cloud, the metadata service with the node's credentials). The IPv6 counterparts are ::1, fe80::/10, ff02::/16 with any
    flags, and ::. All of 0.0.0.0/8 and 255.255.255.255 are refused too. So is an address of these kinds written inside IPv6
    (IPv4-compatible, IPv4-translated, NAT64, 6to4, Teredo, ISATAP), because gateways unwrap it. Behind 64:ff9b:1::/48, and
    behind prefixes of your own (\`nat64Prefixes\`), it is looked for at each position that RFC 6052 has. In a slice of names (FQDN) the names of one's own machine (localhost and all below
    it) and of the clouds' metadata services are refused.
  `,
  remedy: reachableAddress,
  source: endpointsDocument('table 4, ip'),
  example: {
    Endpoints: {
      subsets: [{ addresses: [{ ip: '169.254.169.254' }, { ip: '64:ff9b::7f00:1' }], ports: [{ port: 80 }] }],
    },
    EndpointSlice: { endpoints: [{ addresses: ['169.254.169.254'] }], ports: [{ port: 80 }] },
  },
  fields: ['subsets[*].addresses[*].ip', 'subsets[*].notReadyAddresses[*].ip', 'endpoints[*].addresses[*]'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({ nat64Prefixes }),
  prepare: ({ nat64Prefixes }) => ({ readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)) }),
  *check({ addressType, subsets }, { readEmbedded }) {
    for (const { addresses } of subsets)
      for (const one of addresses) {
        const { address } = one;
        const isName = address === undefined && addressType === 'FQDN';
        const problem = isName
          ? describeSpecialName(one.text)
          : matchAddress(address, describeSpecial, readEmbedded)?.problem;
        if (problem) yield { path: one.path.steps, message: `${quote(one.text)} ${problem}` };
      }
  },
});

/** ff02::/16 whatever the flags: ff12::, ff32:: and so on are link-local multicast too. */
const linkLocalMulticast = [...'0123456789abcdef'].map((flags) => ({
  name: 'a link-local multicast address',
  ...parseNetwork(`ff${flags}2::/16`),
  text: 'ff02::/16',
}));

const special = createNetworkSet([...specialRanges, ...linkLocalMulticast]);
const builtIn = createNetworkSet([...specialRanges.filter((one) => one.builtIn), ...linkLocalMulticast]);

function describeSpecial(address: Address): string | undefined {
  return describe(special.find(address));
}

/** Of an address that an API server refuses, too. */
export function describeBuiltIn(address: Address): string | undefined {
  return describe(builtIn.find(address));
}

function describe(found: Pick<Special, 'name' | 'text'> | undefined): string | undefined {
  return found && `is ${found.name} (${found.text})`;
}

const specialNamePatterns = specialNames.map((one) => ({
  meaning: one.meaning,
  pattern: new RegExp(`^(?:${namePattern([one])})$`, 's'),
}));

function describeSpecialName(text: string): string | undefined {
  const name = labelsOf(text).join('.');
  const found = specialNamePatterns.find(({ pattern }) => pattern.test(name));
  return found && `is ${found.meaning}`;
}
