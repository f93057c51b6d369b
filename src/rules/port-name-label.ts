import * as z from 'zod';
import { isDnsLabel } from '../endpoints/dns.ts';
import { nameRemedy } from '../endpoints/explain-name.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const portNameLabel = defineRule({
  id: 'port-name-label',
  title: 'Port names are DNS labels.',
  why: `
    A Service finds the port by this name, and DNS serves it in SRV records. "" is the same as no name.
  `,
  remedy: 'write 1 to 63 lower-case letters, digits and "-", beginning and ending with a letter or digit',
  source: endpointsDocument('table 5, name'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'HTTP', port: 80 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ name: 'HTTP', port: 80 }] },
  },
  fields: ['subsets[*].ports[*].name', 'ports[*].name'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { ports } of subsets)
      for (const port of ports) {
        const { name } = port;
        if (name !== '' && !isDnsLabel(name))
          yield {
            path: port.path.child('name').steps,
            message: `${quote(name)} is not a DNS label`,
            ...nameRemedy(name),
          };
      }
  },
});
