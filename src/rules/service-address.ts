import * as z from 'zod';
import type { Address } from '../endpoints/address.ts';
import type { ServiceHolder } from '../endpoints/cluster-state.ts';
import { createEmbeddedReader, parseNat64Prefix } from '../endpoints/embedded-ipv4.ts';
import { parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { addressFields, findAddresses } from './addresses-found.ts';
import { nat64Prefixes } from './nat64-prefixes.ts';
import { needsCluster } from './needs-cluster.ts';
import { defineRule, textReadBy } from './rule.ts';
import { createTrust, trust } from './trust.ts';

export const serviceAddress = defineRule({
  id: 'service-address',
  title: 'Addresses are not those of Services.',
  why: `
    Proxies do not chain Services, and whoever forwards traffic to a Service of another tenant reaches what its author may not.
    No cluster IP may be listed, also of one's own Service, and no free address of the networks of Services, which the next
    Service gets: ServiceCIDRs name them from Kubernetes 1.33, before that list them in \`networks\`. A load-balancer IP may be
    listed where it is of Services of the namespace alone; of a load balancer that has a name and no address none is known.
    \`spec.externalIPs\` count only with \`externalIPs\`: tenants write them, and one who claims an address would have everybody
    else's endpoints refused. They never show that an address is one's own. An IPv4 address inside an IPv6 address counts too.
  `,
  remedy:
    'write the addresses of pods of this namespace, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: {
    text: 'Kubernetes documentation, Services without selectors',
    url: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  },
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.96.0.10' }], ports: [{ port: 53 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.96.0.10'] }], ports: [{ port: 53 }] },
  },
  fields: addressFields,
  enforcement: 'none',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  ...needsCluster('services', 'servicecidrs'),
  exampleCluster: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'kube-system', name: 'kube-dns' },
      spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] },
    },
  ],
  parameters: z.strictObject({
    networks: z.array(textReadBy(parseNetwork)).default([]).describe('The networks of Services, as CIDRs.'),
    presets: z
      .array(z.enum(['service-cidrs']))
      .default(['service-cidrs'])
      .describe('Networks that the cluster names. service-cidrs: its ServiceCIDRs, from Kubernetes 1.33.'),
    externalIPs: z
      .boolean()
      .default(false)
      .describe('Whether spec.externalIPs of Services of other namespaces count, too.'),
    trust,
    nat64Prefixes,
  }),
  prepare: ({ networks, presets, externalIPs, trust, nat64Prefixes }) => ({
    own: createNetworkSet(networks.map(parseNetwork)),
    ofCluster: presets.includes('service-cidrs'),
    externalIPs,
    isTrusted: createTrust(trust),
    readEmbedded: createEmbeddedReader(nat64Prefixes.map(parseNat64Prefix)),
  }),
  *check({ subsets }, { own, ofCluster, externalIPs, isTrusted, readEmbedded }, { namespace, cluster }) {
    if (!cluster) return;
    const isRefused = (service: ServiceHolder) => {
      if (service.as === 'cluster IP') return true;
      if (service.as === 'external IP' && !externalIPs) return false;
      return service.namespace !== namespace && !isTrusted(namespace, service.namespace);
    };
    const describe = (address: Address) => {
      const services = cluster.servicesAt(address);
      if (services.length > 0) {
        const refused = services.find(isRefused);
        if (refused) return describeHolder(refused);
        if (services.some(({ as }) => as === 'load-balancer IP')) return undefined;
      }
      const network = own.find(address)?.text ?? (ofCluster ? cluster.serviceNetworkOf(address) : undefined);
      return network === undefined ? undefined : `is inside the Service network ${network}`;
    };
    for (const subset of subsets)
      for (const { finding } of findAddresses(subset, describe, readEmbedded)) yield finding;
  },
});

/** Whose it is, is nobody's business but theirs. */
function describeHolder({ as }: ServiceHolder): string {
  if (as === 'cluster IP') return 'is the cluster IP of a Service';
  return `is the ${as} of a Service of another namespace`;
}
