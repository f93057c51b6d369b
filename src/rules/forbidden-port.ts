import * as z from 'zod';
import type { PortSet } from '../endpoints/port-set.ts';
import type { EndpointPort, Kind } from '../endpoints/view.ts';
import { kinds } from '../kinds/index.ts';
import {
  describeForbidden,
  type ForbiddenPort,
  nameOf,
  portParameters,
  readForbiddenPorts,
} from './forbidden-ports.ts';
import { defineRule } from './rule.ts';
import { cve202125740 } from './source.ts';

const otherwise = 'give the Service a selector, or ask an administrator for "create" on the "restricted" subresource';

export const forbiddenPort = defineRule({
  id: 'forbidden-port',
  title: 'No forbidden port is used.',
  why: `
    Nodes also listen on ports that are not their pods': etcd, the API server, the kubelet. Anyone who may write endpoints can
    send the traffic of others there. Nothing is forbidden by default. In an EndpointSlice the port \`null\` means every port,
    and so includes each forbidden port of its protocol. So does the port 0 (of a port beyond 65535, or below 0, the last 16
    bits count: so Cilium reads it), and so do addresses without any ports, of all
    protocols: where no port is written, ingress-nginx and Linkerd connect to the number that the Service has as targetPort.
    Both do so too where a port has another name than the Service's, and Linkerd wherever targetPort is a number: that is for
    \`service-target-port\`.
  `,
  remedy: `write another port, ${otherwise}`,
  source: cve202125740,
  example: {
    Endpoints: { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 10250 }] }] },
    EndpointSlice: { endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 10250 }] },
  },
  exampleParameters: { presets: ['control-plane'] },
  fields: ['subsets[*].ports', 'subsets[*].ports[*].port', 'ports', 'ports[*].port'],
  enforcement: 'deny',
  operations: 'create-and-update',
  kinds: ['Endpoints', 'EndpointSlice'],
  exemptibleByRbac: true,
  parameters: z.strictObject(portParameters),
  prepare: ({ ports, presets }) => ({ forbidden: readForbiddenPorts(ports, presets) }),
  *check({ kind, subsets }, { forbidden }) {
    for (const subset of subsets) {
      if (subset.ports.length === 0 && subset.addresses.length > 0 && forbidden.all.length > 0)
        yield { path: subset.path.child('ports').steps, ...noPorts(forbidden.all) };
      for (const port of subset.ports) {
        const problem = problemOf(port, kind, forbidden);
        if (problem) yield { path: port.path.child('port').steps, message: problem };
      }
    }
  },
});

function noPorts(forbidden: readonly ForbiddenPort[]) {
  return {
    message: `is missing or empty, which some proxies take for every port, also the forbidden ${listOf(forbidden)}`,
    remedy: `write the ports that the endpoints listen on under "ports", ${otherwise}`,
  };
}

/** What is wrong with a port; `undefined` where it is none of these. */
export function problemOf(port: EndpointPort, kind: Kind, forbidden: PortSet<ForbiddenPort>): string | undefined {
  const { number, protocol } = port;
  if (number === 'every') return everyProblem('null is', forbidden.of(protocol));
  if (typeof number !== 'number') return undefined;
  const isSlice = kinds[kind].missingPort === 'every';
  const meant = isSlice ? number & 0xffff : number; // as Cilium reads it, and API servers take any number in a slice
  if (meant === 0 && isSlice) return everyProblem(`${number} is to some proxies`, forbidden.of(protocol));
  const found = forbidden.find(protocol, meant);
  if (!found) return undefined;
  return `${number} is ${meant === number ? '' : `to some proxies ${meant}, `}${describeForbidden(found)}`;
}

function everyProblem(what: string, met: readonly ForbiddenPort[]): string | undefined {
  return met.length === 0 ? undefined : `${what} every port, also the forbidden ${listOf(met)}`;
}

/** Forbidden ports that the message for "every port" names. */
const maxNamed = 5;

function listOf(met: readonly ForbiddenPort[]): string {
  const more = met.length > maxNamed ? ` and ${met.length - maxNamed} more` : '';
  return `${met.slice(0, maxNamed).map(nameOf).join(', ')}${more}`;
}
