import type { EndpointKind } from '../src/endpoints/view.ts';
import type { Fields } from '../src/json/fields.ts';

/** What the fixtures of a new rule hold until their author writes something better. */
export const sampleFields: Readonly<Record<'accept' | 'reject', Readonly<Record<EndpointKind, Fields>>>> = {
  accept: fieldsWith('10.1.2.3'),
  reject: fieldsWith('192.0.2.1'),
};

const examples: Readonly<Record<EndpointKind, string>> = {
  Endpoints: `Endpoints: { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }] },`,
  EndpointSlice: `EndpointSlice: { endpoints: [{ addresses: ['192.0.2.1'] }], ports: [{ port: 80 }] },`,
};

const fields: Readonly<Record<EndpointKind, string>> = {
  Endpoints: `'subsets[*].addresses[*].ip', 'subsets[*].notReadyAddresses[*].ip'`,
  EndpointSlice: `'endpoints[*].addresses[*]'`,
};

/** The file of a rule that works: its author replaces each FILL IN, and what it looks for. A test finds one that is left. */
export function ruleTemplate(id: string, name: string, kinds: readonly EndpointKind[]): string {
  return `import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { defineRule } from './rule.ts';

export const ${name} = defineRule({
  id: '${id}',
  title: 'FILL IN: what holds where the rule is kept, such as: Ports are from 1 to 65535.',
  why: \`
    FILL IN: what goes wrong without it, and for whom.
  \`,
  remedy: 'FILL IN: what to write instead, lower-case, without a full stop',
  source: { text: 'FILL IN: which document demands it', url: 'https://kubernetes.io/docs/FILL-IN' },
  example: {
${kinds.map((kind) => `    ${examples[kind]}`).join('\n')}
  },
  webhookOnly: 'FILL IN: why CEL need not enforce it. Or delete this line and add the CEL to src/admission-policy/coverage.ts.',
  fields: [${kinds.map((kind) => fields[kind]).join(', ')}],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: [${kinds.map((kind) => `'${kind}'`).join(', ')}],
  parameters: z.strictObject({}),
  *check({ subsets }) {
    for (const { addresses } of subsets)
      for (const one of addresses)
        if (one.text === '192.0.2.1') yield { path: one.path.steps, message: \`\${quote(one.text)} is FILL IN\` };
  },
});
`;
}

function fieldsWith(address: string): Readonly<Record<EndpointKind, Fields>> {
  const ports = [{ port: 80 }];
  return {
    Endpoints: { subsets: [{ addresses: [{ ip: address }], ports }] },
    EndpointSlice: { endpoints: [{ addresses: [address] }], ports },
  };
}
