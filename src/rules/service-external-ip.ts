import * as z from 'zod';
import { parseNetwork } from '../endpoints/network.ts';
import { createNetworkSet } from '../endpoints/network-set.ts';
import { quote } from '../endpoints/quote.ts';
import type { ServiceAddress } from '../endpoints/view.ts';
import { defineRule, textReadBy } from './rule.ts';

export const serviceExternalIP = defineRule({
  id: 'service-external-ip',
  title: 'Services claim no external IPs but those of allowed networks.',
  why: `
    What \`externalIPs\` of a Service lists, every node sends to this Service, whosever address it is: other Services', pods',
    nodes', or those of servers outside. So whoever may write Services can read what others send there (CVE-2020-8554), and
    API servers take any address but loopback and link-local ones. On UPDATE only those are refused that are new, so that
    Services that exist stay editable. \`status.loadBalancer\` does the same: whoever may write it (\`audit\` lists them) is
    trusted with that.
  `,
  remedy:
    'use a Service of type LoadBalancer or an Ingress, write an address of an allowed network, or ask an administrator for "create" on the "restricted" subresource',
  source: { text: 'CVE-2020-8554', url: 'https://github.com/kubernetes/kubernetes/issues/97076' },
  example: { Service: { spec: { selector: { app: 'web' }, externalIPs: ['10.96.0.1'], ports: [{ port: 443 }] } } },
  fields: ['spec.externalIPs[*]'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Service'],
  exemptibleByRbac: true,
  parameters: z.strictObject({
    allowed: z
      .array(textReadBy(parseNetwork))
      .default([])
      .describe('The networks whose addresses are let through, as CIDRs.'),
  }),
  prepare: ({ allowed }) => ({ allowed: createNetworkSet(allowed.map(parseNetwork)) }),
  *check({ service }, { allowed }, { previous }) {
    const before = new Set(previous?.service?.externalIPs.map(({ text }) => text));
    const isAllowed = ({ text, address }: ServiceAddress) =>
      before.has(text) || (address !== undefined && allowed.find(address) !== undefined);
    for (const one of service?.externalIPs ?? [])
      if (!isAllowed(one)) yield { path: one.path.steps, message: `${quote(one.text)} ${problemOf(one)}` };
  },
});

function problemOf({ address }: ServiceAddress): string {
  return address ? 'is in none of the allowed networks' : 'is no address that all programs read alike';
}
