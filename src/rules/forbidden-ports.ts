import * as z from 'zod';
import { createPortSet, type PortRange, type PortSet, parsePortRange } from '../endpoints/port-set.ts';
import { type PortPreset, portPresets, presetPorts } from './presets/ports.ts';
import { textReadBy } from './rule.ts';

export interface ForbiddenPort extends PortRange {
  /** The preset it comes from; absent where the policy lists it. */
  readonly preset?: PortPreset;
}

/** The parameters of rules that forbid ports. */
export const portParameters = {
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
};

export function readForbiddenPorts(ports: readonly string[], presets: readonly PortPreset[]): PortSet<ForbiddenPort> {
  return createPortSet<ForbiddenPort>([
    ...ports.map(parsePortRange),
    ...presets.flatMap((preset) => presetPorts[preset].map((text) => ({ ...parsePortRange(text), preset }))),
  ]);
}

/** Follows "is". */
export function describeForbidden(found: ForbiddenPort): string {
  return `${found.first === found.last ? 'the forbidden port' : 'among the forbidden ports'} ${nameOf(found)}`;
}

export function nameOf({ text, preset }: ForbiddenPort): string {
  return preset ? `${text} (${preset})` : text;
}
