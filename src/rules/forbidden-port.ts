import * as z from 'zod';
import { createPortSet, type PortRange, type PortSet, parsePortRange } from '../endpoints/port-set.ts';
import type { EndpointPort } from '../endpoints/view.ts';
import { type PortPreset, portPresets, presetPorts } from './presets/ports.ts';
import { defineRule, textReadBy } from './rule.ts';
import { cve202125740 } from './source.ts';

interface Forbidden extends PortRange {
  /** The preset it comes from; absent where the policy lists it. */
  readonly preset?: PortPreset;
}

export const forbiddenPort = defineRule({
  id: 'forbidden-port',
  title: 'No forbidden port is used.',
  why: `
    Nodes also listen on ports that are not their pods': etcd, the API server, the kubelet. Anyone who may write endpoints can
    send the traffic of others there. Nothing is forbidden by default. In an EndpointSlice the port \`null\` means every port,
    and so includes each forbidden port of its protocol.
  `,
  remedy:
    'write another port, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 10250 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 10250 }] },
  },
  exampleParameters: { presets: ['control-plane'] },
  fields: ['subsets[*].ports[*].port', 'ports[*].port'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  parameters: z.strictObject({
    ports: z
      .array(textReadBy(parsePortRange))
      .default([])
      .describe('The forbidden ports, such as TCP/10250 or TCP/2379-2380.'),
    presets: z
      .array(z.enum(portPresets))
      .default([])
      .describe(
        'Ports known by name. control-plane: etcd, API server, kubelet, controller manager, scheduler; openshift-mcs: the machine config server.',
      ),
  }),
  prepare: ({ ports, presets }) => ({
    forbidden: createPortSet<Forbidden>([
      ...ports.map(parsePortRange),
      ...presets.flatMap((preset) => presetPorts[preset].map((text) => ({ ...parsePortRange(text), preset }))),
    ]),
  }),
  *check({ subsets }, { forbidden }) {
    for (const { ports } of subsets)
      for (const port of ports) {
        const problem = port.number === 'every' ? everyProblem(port, forbidden) : problemOf(port, forbidden);
        if (problem) yield { path: port.path.child('port').steps, message: problem };
      }
  },
});

function problemOf({ number, protocol }: EndpointPort, forbidden: PortSet<Forbidden>): string | undefined {
  const found = typeof number === 'number' ? forbidden.find(protocol, number) : undefined;
  if (!found) return undefined;
  const among = found.first === found.last ? 'is the forbidden port' : 'is among the forbidden ports';
  return `${number} ${among} ${nameOf(found)}`;
}

/** Forbidden ports that the message for "every port" names. */
const maxNamed = 5;

function everyProblem({ protocol }: EndpointPort, forbidden: PortSet<Forbidden>): string | undefined {
  const met = forbidden.of(protocol);
  if (met.length === 0) return undefined;
  const more = met.length > maxNamed ? ` and ${met.length - maxNamed} more` : '';
  return `null is every port, also the forbidden ${met.slice(0, maxNamed).map(nameOf).join(', ')}${more}`;
}

function nameOf({ text, preset }: Forbidden): string {
  return preset ? `${text} (${preset})` : text;
}
