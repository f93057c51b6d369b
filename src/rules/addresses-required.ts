import * as z from 'zod';
import { programExemption } from './program-exemption.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const addressesRequired = defineRule({
  id: 'addresses-required',
  title: 'Each subset of a new object has at least one ready address.',
  why: `
    A subset without a ready address sends traffic nowhere. Only controllers write notReadyAddresses alone, during a rollout.
  `,
  remedy: `write at least one address under "addresses"; ${programExemption('addresses-required')}`,
  source: endpointsDocument('table 3, addresses (mandatory)'),
  example: {
    Endpoints: { subsets: [{ notReadyAddresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
  },
  fields: ['subsets[*].addresses'],
  enforcement: 'deny',
  operations: 'create',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const subset of subsets)
      if (!subset.addresses.some(({ ready }) => ready))
        yield {
          path: subset.path.child('addresses').steps,
          message: 'holds no ready address',
          reason: 'FieldValueRequired',
        };
  },
});
