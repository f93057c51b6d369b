import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';

export const targetResourceVersion = defineRule({
  id: 'target-resource-version',
  title: 'targetRef.resourceVersion is not set.',
  why: `
    It is generated, out of date as soon as the target changes, and makes every such change look like a change of endpoints.
  `,
  remedy: 'leave resourceVersion out',
  source: 'Creating an Endpoints Object, table 6, resourceVersion ("Do not assign values to this parameter")',
  fields: [
    'subsets[*].addresses[*].targetRef.resourceVersion',
    'subsets[*].notReadyAddresses[*].targetRef.resourceVersion',
  ],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets: groups }) {
    for (const { endpoints } of groups)
      for (const { targetResourceVersion, path } of endpoints)
        if (targetResourceVersion)
          yield {
            path: path.child('targetRef').child('resourceVersion').steps,
            message: `${quote(targetResourceVersion)} must not be set`,
          };
  },
});
