import * as z from 'zod';
import { isDnsSubdomain } from '../endpoints/dns.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';

export const nodeName = defineRule({
  id: 'node-name',
  title: 'Node names are DNS subdomains.',
  why: `
    kube-proxy compares the node name with its own to find local endpoints: a name no node can have is never local.
  `,
  remedy: 'write the name of a node, or leave nodeName out',
  source: 'Creating an Endpoints Object, table 4, nodeName',
  fields: ['subsets[*].addresses[*].nodeName', 'subsets[*].notReadyAddresses[*].nodeName', 'endpoints[*].nodeName'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ subsets: groups }) {
    for (const { endpoints } of groups)
      for (const { nodeName, path } of endpoints)
        if (nodeName !== undefined && !isDnsSubdomain(nodeName))
          yield { path: path.child('nodeName').steps, message: `${quote(nodeName)} is not a DNS subdomain` };
  },
});
