import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { createPortSet, type PortSet, parsePortRange } from '../endpoints/port-set.ts';
import type { Kind, Subset } from '../endpoints/view.ts';
import { addressFields, findAddresses } from './addresses-found.ts';
import { problemOf } from './forbidden-port.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { needsCluster } from './needs-cluster.ts';
import { defineRule, textReadBy } from './rule.ts';
import { cve202125740 } from './source.ts';

export const nodeAddress = defineRule({
  id: 'node-address',
  title: 'Addresses are not those of Nodes or API servers.',
  why: `
    On a node's addresses the kubelet answers, node ports, and every pod that is in its node's network, of whatever namespace,
    also the tenant's own. They are all of \`status.addresses\` that are addresses, whatever their type. Those of API servers
    are in the EndpointSlices of the Service \`kubernetes\`; on managed clusters they are no Node's. By default every port
    counts; with \`ports\` only these do. An IPv4 address inside an IPv6 address counts too.
  `,
  remedy:
    'write the addresses of pods of this namespace, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '192.0.2.11' }], ports: [{ port: 10250 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['192.0.2.11'] }], ports: [{ port: 10250 }] },
  },
  fields: addressFields,
  enforcement: 'none',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  ...needsCluster('nodes', 'endpointslices'),
  exampleCluster: [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'worker-1' },
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.11' }] },
    },
  ],
  parameters: z.strictObject({
    ports: z
      .array(textReadBy(parsePortRange))
      .default([])
      .describe('The ports that count, such as TCP/10250 or TCP/30000-32767; empty: every port.'),
    nat64Prefixes,
  }),
  prepare: ({ ports, nat64Prefixes }) => ({
    ports: createPortSet(ports.map(parsePortRange)),
    readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)),
  }),
  *check({ kind, subsets }, { ports, readEmbedded }, { cluster }) {
    if (!cluster) return;
    const describe = (address: Address) => {
      const holder = cluster.nodeAt(address);
      return holder && `is the address of ${holder === 'node' ? 'a node' : 'an API server'}`;
    };
    for (const subset of subsets) {
      if (!usesSome(subset, kind, ports)) continue;
      for (const { finding } of findAddresses(subset, describe, readEmbedded)) yield finding;
    }
  },
});

/** No ports of its own are every port, as in `forbidden-port`. */
function usesSome({ ports }: Subset, kind: Kind, wanted: PortSet): boolean {
  if (wanted.all.length === 0 || ports.length === 0) return true;
  return ports.some((port) => problemOf(port, kind, wanted) !== undefined);
}
