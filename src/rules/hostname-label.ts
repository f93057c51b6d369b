import * as z from 'zod';
import { parseAddress } from '../endpoints/address.ts';
import { isDnsLabel, isDnsSubdomain, nearestDnsLabel } from '../endpoints/dns.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const hostnameLabel = defineRule({
  id: 'hostname-label',
  title: 'Hostnames are DNS labels.',
  why: `
    DNS servers publish the hostname as hostname.service.namespace.svc: a hostname that is not a label cannot be served or looked up.
  `,
  remedy:
    'write lower-case letters, digits and "-", at most 63, without dots, beginning and ending with a letter or digit',
  source: endpointsDocument('table 4, hostname ("used by DNS servers")'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3', hostname: 'db.example' }], ports: [{ port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'], hostname: 'db.example' }], ports: [{ port: 80 }] },
  },
  fields: ['subsets[*].addresses[*].hostname', 'subsets[*].notReadyAddresses[*].hostname', 'endpoints[*].hostname'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { endpoints } of subsets)
      for (const endpoint of endpoints.with('hostname')) {
        const { hostname } = endpoint;
        if (hostname && !isDnsLabel(hostname))
          yield {
            path: endpoint.path.child('hostname').steps,
            message: `${quote(hostname)} is not a DNS label`,
            ...remedyFor(hostname),
          };
      }
  },
});

function remedyFor(hostname: string): { readonly remedy?: string } {
  if (parseAddress(hostname)) return { remedy: 'write a name such as db-0, or leave hostname out' };
  const label = nearestDnsLabel(hostname);
  if (label) return { remedy: `write "${label}"` };
  const [first = ''] = hostname.split('.', 1);
  const qualified = isDnsSubdomain(hostname) && isDnsLabel(first);
  return qualified ? { remedy: `write "${first}": DNS appends the names of the Service and of the namespace` } : {};
}
