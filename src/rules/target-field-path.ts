import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

const name = '[A-Za-z_][A-Za-z0-9_]*';
const index = String.raw`\[(?:\d+|'[^'\]\p{Cc}]+'|"[^"\]\p{Cc}]+")\]`;
const element = String.raw`\{[^{}\s\p{Cc}]+\}`;
const statement = new RegExp(String.raw`^\.?${name}(?:\.${name}|${index}|${element})*$`, 'u');

/** A longer one is no path a person wrote, and costs time to match. */
const maxLength = 1024;

export const targetFieldPath = defineRule({
  id: 'target-field-path',
  title: 'targetRef.fieldPath is a field access statement.',
  why: `
    It points at a piece of the target, such as spec.containers{web}, spec.containers[2] or metadata.annotations['a.b/c'].
    Anything else points nowhere. The Endpoints document says "should", so this only warns.
  `,
  remedy: 'write a path such as spec.containers{web} or spec.containers[2]',
  source: endpointsDocument('table 6, fieldPath ("should contain a valid JSON/Go field access statement")'),
  example: {
    Endpoints: {
      subsets: [
        { addresses: [{ ip: '10.1.2.3', targetRef: { fieldPath: 'spec..containers' } }], ports: [{ port: 80 }] },
      ],
    },
  },
  fields: ['subsets[*].addresses[*].targetRef.fieldPath', 'subsets[*].notReadyAddresses[*].targetRef.fieldPath'],
  enforcement: 'warn',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { endpoints } of subsets)
      for (const endpoint of endpoints.with('targetFieldPath')) {
        const { targetFieldPath } = endpoint;
        if (targetFieldPath && (targetFieldPath.length > maxLength || !statement.test(targetFieldPath)))
          yield {
            path: endpoint.path.child('targetRef').child('fieldPath').steps,
            message: `${quote(targetFieldPath)} is not a field access statement`,
          };
      }
  },
});
