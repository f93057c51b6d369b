import { type PortRange, parsePortRange } from '../endpoints/port-set.ts';
import { type PortPreset, presetPorts } from '../rules/presets/ports.ts';
import { literals } from './cel.ts';
import { among, type CelValidation, type CheckInput, quoted } from './cel-validation.ts';

/** EndpointSlices: from 1 to 65535. null means every port, and is allowed. */
export function requirePortRange({ fields }: CheckInput): CelValidation {
  const list = among('variables.ports', 'has(a.port) && a.port != null && (a.port < 1 || a.port > 65535)');
  const problem = (found: string) => `string(${found}[0][0].port) + " is not a port"`;
  return { variables: [fields.ports], violationLists: [{ list, field: `${fields.portsField}.port`, problem }] };
}

/** A protocol that is missing is TCP. */
export const protocolOf = (port: string) => `${port}.?protocol.orValue("TCP")`;

export function requireProtocols({ fields, parameters }: CheckInput): CelValidation {
  const allowed = parameters.allowed as readonly string[];
  const list = among('variables.ports', `!(${protocolOf('a')} in ${literals(allowed)})`);
  const problem = (found: string) =>
    `${quoted(protocolOf(`${found}[0][0]`))} + " is not an allowed protocol: write ${allowed.join(' or ')}"`;
  return { variables: [fields.ports], violationLists: [{ list, field: `${fields.portsField}.protocol`, problem }] };
}

/** Ports outside those of a policy and its presets. In a slice a port that is null, 0 or missing is every port; so are no ports at all. */
export function forbidPorts({ fields, id, parameters }: CheckInput): CelValidation {
  const ranges = rangesOf(parameters);
  if (ranges.length === 0) return { variables: [], violationLists: [] };
  const map = `variables.${id}_ports`;
  const ofProtocol = `${map}[${protocolOf('a')}]`;
  const isEvery = `(!has(a.port) || a.port == null${fields.hasAddressType ? ' || a.port % 65536 == 0' : ''})`;
  const meant = fields.hasAddressType ? '(a.port % 65536 + 65536) % 65536' : 'a.port';
  const met = `(${isEvery} || [${meant}].exists(p, ${ofProtocol}.exists(r, r[0] <= p && p <= r[1])))`;
  const list = among('variables.ports', `${protocolOf('a')} in ${map} && ${met}`);
  const problem = (found: string) => {
    const port = `${found}[0][0]`;
    const number = `(has(${port}.port) && ${port}.port != null ? string(${port}.port) + " is" : "null is every port, also")`;
    return `${number} + " a forbidden port of " + ${protocolOf(port)}`;
  };
  const absent = () => '"is missing or empty, which some proxies take for every port, also the forbidden ones"';
  return {
    variables: [fields.ports, { name: `${id}_ports`, expression: rangesMap(ranges) }],
    violationLists: [
      { list, field: `${fields.portsField}.port`, problem },
      { list: fields.portless, field: fields.portsField.replace(/\[\*\]$/, ''), problem: absent },
    ],
  };
}

/** Of a policy, and of its presets. */
export function rangesOf({ ports, presets }: CheckInput['parameters']): readonly PortRange[] {
  const ofPresets = (presets as readonly PortPreset[]).flatMap((name) => presetPorts[name]);
  return [...(ports as readonly string[]), ...ofPresets].map(parsePortRange);
}

export function rangesMap(ranges: readonly PortRange[]): string {
  const entries = [...new Set(ranges.map(({ protocol }) => protocol))].map((protocol) => {
    const own = ranges.filter((range) => range.protocol === protocol);
    return `"${protocol}": [${own.map(({ first, last }) => `[${first}, ${last}]`).join(', ')}]`;
  });
  return `{${entries.join(', ')}}`;
}
