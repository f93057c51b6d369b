import * as z from 'zod';
import { programExemption } from './program-exemption.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const subsetsRequired = defineRule({
  id: 'subsets-required',
  title: 'A new object has at least one subset.',
  why: `
    An object without subsets sends traffic nowhere: usually a mistake in a manifest. Leader
    locks, restores and mirrors create such objects: Kubernetes' own are exempt, others need an exemption in the policy. Missing, null and [] are
    the same.
  `,
  remedy: `write at least one subset with its addresses and ports; ${programExemption('subsets-required')}`,
  source: endpointsDocument('table 2, subsets (mandatory)'),
  example: {
    Endpoints: { subsets: [] },
  },
  fields: ['subsets'],
  enforcement: 'deny',
  operations: 'create',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    if (subsets.length === 0) yield { path: ['subsets'], message: 'is missing or empty', reason: 'FieldValueRequired' };
  },
});
