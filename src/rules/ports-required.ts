import * as z from 'zod';
import { defineRule } from './rule.ts';

export const portsRequired = defineRule({
  id: 'ports-required',
  title: 'Each subset of a new object has at least one port.',
  why: `
    A subset without ports is reachable on none: Services map their ports to those of the subset.
  `,
  remedy: 'write at least one port under "ports"',
  source: 'Creating an Endpoints Object, table 3, ports (mandatory)',
  fields: ['subsets[*].ports'],
  enforcement: 'deny',
  operations: 'create',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets: groups }) {
    for (const { path, ports } of groups)
      if (ports.length === 0)
        yield { path: path.child('ports').steps, message: 'is missing or empty', reason: 'FieldValueRequired' };
  },
});
