import * as z from 'zod';
import { isDnsSubdomain } from '../endpoints/dns.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const nodeName = defineRule({
  id: 'node-name',
  title: 'Node names are DNS subdomains.',
  why: `
    kube-proxy compares the node name with its own to find local endpoints: an endpoint whose node name no node can have is never local.
  `,
  remedy: 'write the name of a node, or leave nodeName out',
  source: endpointsDocument('table 4, nodeName'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3', nodeName: 'Node 1' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'], nodeName: 'Node 1' }], ports: [{ port: 80 }] },
  },
  fields: ['subsets[*].addresses[*].nodeName', 'subsets[*].notReadyAddresses[*].nodeName', 'endpoints[*].nodeName'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ subsets, nodeNames }) {
    if (nodeNames.every(isDnsSubdomain)) return; // many endpoints, few nodes
    for (const { endpoints } of subsets)
      for (const endpoint of endpoints.with('nodeName')) {
        const { nodeName } = endpoint;
        if (nodeName !== undefined && !isDnsSubdomain(nodeName))
          yield { path: endpoint.path.child('nodeName').steps, message: `${quote(nodeName)} is not a DNS subdomain` };
      }
  },
});
