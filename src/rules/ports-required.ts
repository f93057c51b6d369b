import * as z from 'zod';
import { programExemption } from './program-exemption.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const portsRequired = defineRule({
  id: 'ports-required',
  title: 'Each subset of a new object has at least one port.',
  why: `
    A subset without ports cannot be reached: Services map their ports to those of the subset.
  `,
  remedy: `write at least one port under "ports"; ${programExemption('ports-required')}`,
  source: endpointsDocument('table 3, ports (mandatory)'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }] }] },
  },
  fields: ['subsets[*].ports'],
  enforcement: 'deny',
  operations: 'create',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const subset of subsets)
      if (subset.ports.length === 0)
        yield { path: subset.path.child('ports').steps, message: 'is missing or empty', reason: 'FieldValueRequired' };
  },
});
