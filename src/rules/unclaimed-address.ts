import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { addressFields, findAddresses, withHolder } from './addresses-found.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { needsCluster } from './needs-cluster.ts';
import { defineRule, textReadBy } from './rule.ts';
import { cve202125740 } from './source.ts';

export const unclaimedAddress = defineRule({
  id: 'unclaimed-address',
  title: 'Addresses inside the pod network are those of pods that exist.',
  why: `
    An address of the pod network that no pod has today is another tenant's tomorrow, and the endpoints that list it then
    lead there. A pod that has ended has its address no more. An address of a Node is not nobody's, nor, where
    \`service-address\` is on, one of a load balancer or a Service's cluster IP: these are for the other rules. List the
    networks of your pods in \`networks\`; the preset \`node-pod-cidrs\` adds those that Nodes have in \`spec.podCIDRs\`,
    which are empty on many clusters. Where pods share the subnets of other machines (as with the AWS VPC CNI), list none
    and switch the preset off. An address that is not known yet is waited for, so a pod may list itself as soon as it runs.
  `,
  remedy:
    'write it once a pod of this namespace has it, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.244.3.7' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.244.3.7'] }], ports: [{ port: 80 }] },
  },
  exampleParameters: { networks: ['10.244.0.0/16'] },
  fields: addressFields,
  enforcement: 'none',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  ...needsCluster('pods', 'nodes'),
  exampleCluster: [],
  parameters: z.strictObject({
    networks: z.array(textReadBy(parseNetwork)).default([]).describe('The networks of the pods, as CIDRs.'),
    presets: z
      .array(z.enum(['node-pod-cidrs']))
      .default(['node-pod-cidrs'])
      .describe('Networks that the cluster names. node-pod-cidrs: spec.podCIDRs of the Nodes.'),
    nat64Prefixes,
  }),
  prepare: ({ networks, presets, nat64Prefixes }) => ({
    own: createNetworkSet(networks.map(parseNetwork)),
    ofNodes: presets.includes('node-pod-cidrs'),
    readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)),
  }),
  *check({ subsets }, { own, ofNodes, readEmbedded }, { cluster }) {
    if (!cluster) return;
    const networkOf = (address: Address) =>
      own.find(address)?.text ?? (ofNodes ? cluster.nodePodNetworkOf(address) : undefined);
    const isOthers = (address: Address) =>
      cluster.nodeAt(address) !== undefined || cluster.servicesAt(address).some(({ as }) => as !== 'external IP'); // which tenants write
    const describe = (address: Address) => {
      if (cluster.podsAt(address).length > 0) return undefined; // nearly always
      const network = networkOf(address);
      if (network === undefined || isOthers(address)) return undefined;
      return `is inside the pod network ${network}, and no pod is known to have it`;
    };
    for (const subset of subsets)
      for (const found of findAddresses(subset, describe, readEmbedded)) yield withHolder(found);
  },
});
