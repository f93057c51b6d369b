import * as z from 'zod';
import { isDnsSubdomain } from '../endpoints/dns.ts';
import { nameRemedy } from '../endpoints/explain-name.ts';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const objectName = defineRule({
  id: 'object-name',
  title: 'The object has a name, or a prefix to make one from, and it is a DNS subdomain.',
  why: `
    Endpoints belong to the Service of the same name, which DNS serves. An object without a name cannot be addressed.
    A trailing hyphen in generateName is fine: Kubernetes appends five characters to it.
  `,
  remedy:
    'write lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters',
  source: endpointsDocument('table 2, metadata (mandatory)'),
  example: {
    Endpoints: {
      metadata: { name: 'Web_Server' },
      subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }],
    },
  },
  fields: ['metadata.name', 'metadata.generateName'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({}),
  *check({ name, generateName }) {
    const prefix =
      generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    if (prefix !== '' && !isDnsSubdomain(prefix))
      yield {
        path: ['metadata', 'generateName'],
        message: `${quote(generateName)} is not the beginning of a DNS subdomain`,
      };
    if (name !== '' && !isDnsSubdomain(name))
      yield {
        path: ['metadata', 'name'],
        message: `${quote(name)} is not a DNS subdomain`,
        ...nameRemedy(name),
      };
    if (name === '' && prefix === '')
      yield {
        path: ['metadata', 'name'],
        message: 'is missing',
        remedy: 'give the object a name, or a generateName',
        reason: 'FieldValueRequired',
      };
  },
});
