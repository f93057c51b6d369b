import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { matchAddress } from '../endpoints/match-address.ts';
import { type Network, parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { quote } from '../endpoints/quote.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { type NetworkPreset, networkPresets, presetNetworks } from './presets/networks.ts';
import { defineRule, textReadBy } from './rule.ts';
import { cve202125740 } from './source.ts';

interface Forbidden extends Network {
  /** The preset it comes from; absent where the policy lists it. */
  readonly preset?: NetworkPreset;
}

export const forbiddenNetwork = defineRule({
  id: 'forbidden-network',
  title: 'Addresses are outside the forbidden networks.',
  why: `
    Traffic to a Service goes wherever its endpoints point. Anyone who may write them can aim an ingress controller, or another
    tenant's client, at an address they could not reach themselves: a pod, a node, the cloud's metadata service
    (CVE-2021-25740). Networks are compared as addresses, however they are written, and an IPv4 address inside an IPv6 address
    (IPv4-compatible, IPv4-translated, NAT64, 6to4, Teredo, ISATAP) counts too. Behind 64:ff9b:1::/48, and behind prefixes of
    your own (\`nat64Prefixes\`), it is looked for at each position that RFC 6052 has. By default only the preset
    \`cloud-metadata\` is forbidden: list the networks of your pods, Services and nodes in the policy.
  `,
  remedy:
    'write an address outside of it, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '168.63.129.16' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['168.63.129.16'] }], ports: [{ port: 80 }] },
  },
  fields: ['subsets[*].addresses[*].ip', 'subsets[*].notReadyAddresses[*].ip', 'endpoints[*].addresses[*]'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  parameters: z.strictObject({
    networks: z.array(textReadBy(parseNetwork)).default([]).describe('The forbidden networks, as CIDRs.'),
    presets: z
      .array(z.enum(networkPresets))
      .default(['cloud-metadata'])
      .describe(
        'Networks known by name. cloud-metadata: what clouds serve to their machines outside 169.254.0.0/16; private: RFC 1918, 6598 and 4193.',
      ),
    nat64Prefixes,
  }),
  prepare: ({ networks, presets, nat64Prefixes }) => ({
    readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)),
    forbidden: createNetworkSet<Forbidden>([
      ...networks.map(parseNetwork),
      ...presets.flatMap((preset) => presetNetworks[preset].map((text) => ({ ...parseNetwork(text), preset }))),
    ]),
  }),
  *check({ subsets }, { forbidden, readEmbedded }) {
    const describeAddress = (address: Address) => describe(forbidden.find(address));
    for (const { addresses } of subsets)
      for (const one of addresses) {
        const problem = matchAddress(one.address, describeAddress, readEmbedded)?.problem;
        if (problem) yield { path: one.path.steps, message: `${quote(one.text)} ${problem}` };
      }
  },
});

function describe(found: Forbidden | undefined): string | undefined {
  return found && `is inside the forbidden network ${found.text}${found.preset ? ` (${found.preset})` : ''}`;
}
