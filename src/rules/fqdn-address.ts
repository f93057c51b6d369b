import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { cve202125740 } from './source.ts';

export const fqdnAddress = defineRule({
  id: 'fqdn-address',
  title: 'EndpointSlices hold addresses, not names.',
  why: `
    A slice of addressType FQDN lists DNS names. The owner of a name can change its address at any time, so the addresses cannot
    be checked when the slice is written. kube-proxy ignores such slices; ingress controllers may use them.
  `,
  remedy:
    'write the addresses in a slice of addressType IPv4 or IPv6, use a Service of type ExternalName for a name, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    EndpointSlice: { addressType: 'FQDN', endpoints: [{ addresses: ['db.example.com'] }], ports: [{ port: 80 }] },
  },
  fields: ['endpoints[*].addresses[*]'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['EndpointSlice'],
  exemptibleByRbac: true,
  parameters: z.strictObject({}),
  *check({ addressType, subsets }) {
    if (addressType !== 'FQDN') return;
    for (const { addresses } of subsets)
      for (const one of addresses) {
        const problem = one.address
          ? 'is in an EndpointSlice of addressType FQDN'
          : 'is a name, which can mean any address at any time';
        yield { path: one.path.steps, message: `${quote(one.text)} ${problem}` };
      }
  },
});
