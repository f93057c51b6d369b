import * as z from 'zod';
import { kinds } from '../kinds/index.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const portRange = defineRule({
  id: 'port-range',
  title: 'Ports are from 1 to 65535.',
  why: `
    Other numbers are not ports, and the API server does not check them in a slice. A port that is missing in Endpoints reaches
    a webhook as 0. A port that is missing or null in a slice means every port, and is not judged.
  `,
  remedy: 'write a port from 1 to 65535',
  source: endpointsDocument('table 5, port ("Value range: (0,65535]")'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 65536 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 65536 }] },
  },
  fields: ['subsets[*].ports[*].port', 'ports[*].port'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  parameters: z.strictObject({}),
  *check({ kind, subsets }) {
    const zero = kinds[kind].missingPort === 0 ? ', and one that is missing counts as 0' : '';
    for (const { ports } of subsets)
      for (const port of ports) {
        const { number } = port;
        if (typeof number === 'number' && !(number > 0 && number <= 65535))
          yield {
            path: port.path.child('port').steps,
            message: `${number} is not a port${number === 0 ? zero : ''}`,
          };
      }
  },
});
