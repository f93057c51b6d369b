import * as z from 'zod';
import { quote } from '../endpoints/quote.ts';
import { isSpelling } from '../endpoints/spelling.ts';
import { defineRule } from './rule.ts';
import { endpointsDocument } from './source.ts';

export const protocol = defineRule({
  id: 'protocol',
  title: 'Protocols are allowed ones.',
  why: `
    The Endpoints document names TCP and UDP. Kubernetes also has SCTP, which a policy can allow. Case matters. A protocol that
    is missing, null or "" is TCP.
  `,
  remedy: 'write one of the allowed protocols in capitals',
  source: endpointsDocument('table 5, protocol'),
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80, protocol: 'tcp' }] }] },
  },
  fields: ['subsets[*].ports[*].protocol'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints'],
  parameters: z.strictObject({
    allowed: z
      .array(z.enum(['TCP', 'UDP', 'SCTP']))
      .min(1)
      .default(['TCP', 'UDP'])
      .describe('The protocols a port may have.'),
  }),
  *check({ subsets }, { allowed }) {
    const names: readonly string[] = allowed;
    for (const { ports } of subsets)
      for (const port of ports) {
        const { protocol } = port;
        if (!names.includes(protocol))
          yield {
            path: port.path.child('protocol').steps,
            message: `${quote(protocol)} is not an allowed protocol`,
            remedy: remedyFor(protocol, names),
            reason: 'FieldValueNotSupported',
          };
      }
  },
});

function remedyFor(protocol: string, names: readonly string[]): string {
  const spelling = names.find((name) => isSpelling(protocol, name));
  const choice = `write ${spelling ?? names.join(' or ')}`;
  if (protocol.length > 32 || spelling) return choice;
  if (/^(?:https?|http2|h2c|grpc|wss?|tls|ssl)$/i.test(protocol))
    return `${choice}; the protocol of the application belongs into "appProtocol"`;
  if (/^\w+(?:\s*[/,|+&]\s*\w+)+$/.test(protocol))
    return `${choice}, in an item of "ports" for each protocol, with a name`;
  const known = ['TCP', 'UDP', 'SCTP'].find((name) => isSpelling(protocol, name));
  return known ? `${choice}, or ask an administrator to allow ${known} in the policy (rules.protocol.allowed)` : choice;
}
