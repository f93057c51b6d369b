import * as z from 'zod';
import { defineRule } from './rule.ts';

export const subsetsRequired = defineRule({
  id: 'subsets-required',
  title: 'A new object has at least one subset.',
  why: `
    An object without subsets sends traffic nowhere: usually a mistake in a manifest. Controllers and leader locks do create
    such objects; they are exempt, or an exemption in the policy names them. Missing, null and [] are the same.
  `,
  remedy: 'write at least one subset with its addresses and ports',
  source: 'Creating an Endpoints Object, table 2, subsets (mandatory)',
  fields: ['subsets'],
  enforcement: 'deny',
  operations: 'create',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets: groups }) {
    if (groups.length === 0) yield { path: ['subsets'], message: 'is missing or empty', reason: 'FieldValueRequired' };
  },
});
