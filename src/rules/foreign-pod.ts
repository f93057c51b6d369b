import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { addressFields, findAddresses, withHolder } from './addresses-found.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { needsCluster } from './needs-cluster.ts';
import { defineRule } from './rule.ts';
import { cve202125740 } from './source.ts';
import { createTrust, trust } from './trust.ts';

export const foreignPod = defineRule({
  id: 'foreign-pod',
  title: 'Addresses are not those of pods of other namespaces.',
  why: `
    Whoever may write endpoints can aim an ingress controller at another tenant's pods (CVE-2021-25740). A pod's addresses are
    those in its status, all of them, as long as it has not ended: also while it is being deleted, and before it is ready.
    Where pods of several namespaces are said to have an address, any other namespace's refuses it. Pods in their node's
    network share its addresses: these are for \`node-address\`. What tenants may write, such as annotations of pods, is no
    evidence. The object's namespace counts, not the requester's. An IPv4 address inside an IPv6 address counts too.
  `,
  remedy:
    'write the addresses of pods of this namespace, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.244.2.9' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.244.2.9'] }], ports: [{ port: 80 }] },
  },
  fields: addressFields,
  enforcement: 'none',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  ...needsCluster('pods'),
  exampleCluster: [
    { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'bank', name: 'db-0' }, status: { podIP: '10.244.2.9' } },
  ],
  parameters: z.strictObject({ trust, nat64Prefixes }),
  prepare: ({ trust, nat64Prefixes }) => ({
    isTrusted: createTrust(trust),
    readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)),
  }),
  *check({ subsets }, { isTrusted, readEmbedded }, { namespace, cluster }) {
    if (!cluster) return;
    const describe = (address: Address) => {
      for (const pod of cluster.podsAt(address))
        if (!pod.hostNetwork && pod.namespace !== namespace && !isTrusted(namespace, pod.namespace))
          return 'is the address of a pod of another namespace';
      return undefined;
    };
    for (const subset of subsets)
      for (const found of findAddresses(subset, describe, readEmbedded)) yield withHolder(found);
  },
});
