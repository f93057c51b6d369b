import * as z from 'zod';
import type { ServiceFields } from '../endpoints/view.ts';
import { forbiddenPort } from './forbidden-port.ts';
import { describeForbidden, portParameters, readForbiddenPorts } from './forbidden-ports.ts';
import { defineRule } from './rule.ts';
import { cve202125740 } from './source.ts';

export const serviceTargetPort = defineRule({
  id: 'service-target-port',
  title: 'No Service without a selector has a forbidden port as targetPort.',
  why: `
    Where a Service has no selector, whoever may write endpoints chooses its addresses. Some proxies connect to the port that
    these list, others to the number that the Service has as targetPort, whatever they list: ingress-nginx where a port has no
    number or another name, and for the type ExternalName always, Linkerd wherever it is a number. A targetPort that is left
    out is the port. Under a selector the addresses are those of pods, and nothing is refused. On UPDATE only what is new is
    refused. The ports are those that \`forbidden-port\` forbids in the namespace, which by default are none.
  `,
  remedy:
    'write another port, give the Service a selector, or ask an administrator for "create" on the "restricted" subresource',
  source: cve202125740,
  example: { Service: { spec: { ports: [{ port: 443, targetPort: 10250 }] } } },
  exampleParameters: { presets: ['control-plane'] },
  fields: ['spec.ports[*].targetPort', 'spec.ports[*].port'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Service'],
  exemptibleByRbac: true,
  parametersOf: forbiddenPort.id,
  parameters: z.strictObject(portParameters),
  prepare: ({ ports, presets }) => ({ forbidden: readForbiddenPorts(ports, presets) }),
  *check({ service }, { forbidden }, { previous }) {
    if (!service || isSelecting(service) || forbidden.all.length === 0) return;
    const before = new Set(previous?.service && !isSelecting(previous.service) ? targetsOf(previous.service) : []);
    for (const port of service.ports) {
      const { path, targetPort, protocol } = port;
      const found = targetPort === undefined ? undefined : forbidden.find(protocol, targetPort);
      if (found && !before.has(keyOf(port)))
        yield { path: path.steps, message: `${targetPort} is ${describeForbidden(found)}` };
    }
  },
});

/** Whether the addresses are those of the pods that it selects. */
function isSelecting({ type, hasSelector }: ServiceFields): boolean {
  return hasSelector && type !== 'ExternalName';
}

function targetsOf({ ports }: ServiceFields): readonly string[] {
  return ports.map(keyOf);
}

function keyOf({ targetPort, protocol }: ServiceFields['ports'][number]): string {
  return `${protocol}/${targetPort}`;
}
