import * as z from 'zod';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const portNameRequired = defineRule({
  id: 'port-name-required',
  title: 'Where a subset has more than one port, each has a name.',
  why: `
    A Service maps its ports to those of the subset by name: of several ports, it cannot find one without a name.
  `,
  remedy: 'name the port as the Service names it',
  source: endpointsDocument('table 5, name ("Optional only if one port is defined")'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'http', port: 80 }, { port: 443 }] }] },
  },
  fields: ['subsets[*].ports[*].name'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { ports } of subsets)
      if (ports.length > 1)
        for (const port of ports)
          if (port.name === '')
            yield {
              path: port.path.child('name').steps,
              message: `is missing, and the subset has ${ports.length} ports`,
              reason: 'FieldValueRequired',
            };
  },
});
