import * as z from 'zod';
import { defineRule } from './rule.ts';

export const portRange = defineRule({
  id: 'port-range',
  title: 'Ports are from 1 to 65535.',
  why: `
    Other numbers are no ports. A port that is left out reaches a webhook as 0.
  `,
  remedy: 'write a port from 1 to 65535',
  source: 'Creating an Endpoints Object, table 5, port ("Value range: (0,65535]")',
  fields: ['subsets[*].ports[*].port'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ groups }) {
    for (const { ports } of groups)
      for (const { number, at } of ports)
        if (typeof number === 'number' && !(number > 0 && number <= 65535))
          yield {
            path: at.child('port').path,
            message: `${number} is not a port${number === 0 ? ', and one that is missing counts as 0' : ''}`,
          };
  },
});
