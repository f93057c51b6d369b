import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const targetResourceVersion = defineRule({
  id: 'target-resource-version',
  title: 'targetRef.resourceVersion is not set.',
  why: `
    The server generates it. It is out of date as soon as the target changes, and each such change would be one of the endpoints.
  `,
  remedy: 'leave resourceVersion out',
  source: endpointsDocument('table 6, resourceVersion ("Do not assign values to this parameter")'),
  example: {
    Endpoints: {
      subsets: [{ addresses: [{ ip: '10.1.2.3', targetRef: { resourceVersion: '18186' } }], ports: [{ port: 80 }] }],
    },
  },
  fields: [
    'subsets[*].addresses[*].targetRef.resourceVersion',
    'subsets[*].notReadyAddresses[*].targetRef.resourceVersion',
  ],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { endpoints } of subsets)
      for (const endpoint of endpoints.with('targetResourceVersion'))
        if (endpoint.targetResourceVersion)
          yield {
            path: endpoint.path.child('targetRef').child('resourceVersion').steps,
            message: `${quote(endpoint.targetResourceVersion)} must not be set`,
          };
  },
});
