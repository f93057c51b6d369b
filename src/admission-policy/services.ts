import { addressToSomePattern } from '../endpoints/name-text.ts';
import { domainPattern, insidePatterns, ownPattern } from '../rules/inside-name.ts';
import { namePattern, specialNames } from '../rules/presets/names.ts';
import { all, any, literal, matchesOne } from './cel.ts';
import { among, type CelValidation, type CheckInput, quoted, shown } from './cel-validation.ts';
import { protocolOf, rangesMap, rangesOf } from './ports.ts';

const isUpdate = 'request.operation == "UPDATE"';
const typeOf = (object: string) => `${object}.spec.?type.orValue("")`;
const nameOf = (object: string) => `${object}.spec.?externalName.orValue("")`;

/** External IPs that are new, and in no allowed network. */
export function forbidExternalIPs({ fields, id, parameters }: CheckInput): CelValidation {
  const networks = (parameters.allowed as readonly string[]).map((network) => `cidr(${literal(network)})`);
  const allowed = { name: `${id}_allowed`, expression: `[${networks.join(', ')}]` };
  const isAllowed =
    networks.length === 0 ? 'false' : `(isIP(a) && variables.${allowed.name}.exists(n, n.containsIP(a)))`;
  const isOld = `(${isUpdate} && a in oldObject.spec.?externalIPs.orValue([]))`;
  const list = among('variables.addresses', `!${isOld} && !${isAllowed}`);
  const problem = (found: string) => `${shown(`${found}[0][0]`)} + " is in none of the allowed networks"`;
  const variables = networks.length === 0 ? [fields.addresses] : [fields.addresses, allowed];
  return { variables, violationLists: [{ list, field: fields.addressField, problem }] };
}

/** A name that is new, and an address, a single label, inside the cluster or special, and none of the namespace's Services. */
export function forbidExternalNames({ id, parameters }: CheckInput): CelValidation {
  const { names, allowed } = parameters as { readonly names: readonly string[]; readonly allowed: readonly string[] };
  const lowerCase = (patterns: readonly string[]) => patterns.map((pattern) => pattern.toLowerCase());
  const isOld = all([
    isUpdate,
    `${typeOf('oldObject')} == "ExternalName"`,
    `${nameOf('oldObject')} == ${nameOf('object')}`,
  ]);
  const isNew = all([`${typeOf('object')} == "ExternalName"`, `${nameOf('object')} != ""`, `!${isOld}`]);
  const name = { name: `${id}_names`, expression: `${isNew} ? [${nameOf('object')}] : []` };
  const refused = any([
    `n.matches(${literal(addressToSomePattern)})`,
    whole('n', namePattern(specialNames)),
    ...(names.length > 0 ? [matchesOne('n', lowerCase(names))] : []),
    whole('n', insidePatterns.singleLabel),
    isForeign(String(parameters.clusterDomain)),
    isInNamespace,
  ]);
  const isAllowed = allowed.length > 0 ? [`!${matchesOne('n', lowerCase(allowed))}`] : [];
  const list = `variables.${name.name}.filter(a, [${lowered}].exists(n, ${all([...isAllowed, refused])}))`;
  const problem = (found: string) =>
    `${quoted(`${found}[0]`)} + " is an address, a single label, a name inside the cluster or of a metadata service"`;
  return { variables: [name], violationLists: [{ list, field: 'spec.externalName', problem }] };
}

/** As names are compared; an API server lets one dot through at their end. */
const lowered = 'a.endsWith(".") ? a.substring(0, size(a) - 1).lowerAscii() : a.lowerAscii()';

function whole(subject: string, pattern: string): string {
  return `${subject}.matches(${literal(`(?s)^(?:${pattern})$`)})`;
}

/** The name of a namespace has no character that means something in a pattern. */
function isForeign(clusterDomain: string): string {
  const [before = '', after = ''] = ownPattern(clusterDomain, '\0').split('\0');
  const own = `n.matches(${literal(`^(?:${before}`)} + request.namespace + ${literal(`${after})$`)})`;
  return `(${whole('n', domainPattern(clusterDomain))} && !${own})`;
}

const isInNamespace = `(${whole('n', insidePatterns.namespaceAtEnd)} && !${whole('n', insidePatterns.internationalized)} && !n.endsWith("." + request.namespace))`;

/** Ports of a Service without a selector that are new, and lead to those of a policy and its presets. */
export function forbidTargetPorts({ fields, id, parameters }: CheckInput): CelValidation {
  const ranges = rangesOf(parameters);
  if (ranges.length === 0) return { variables: [], violationLists: [] };
  const map = { name: `${id}_ports`, expression: rangesMap(ranges) };
  const before = `${isUpdate} && ${isOpen('oldObject')} ? oldObject.spec.?ports.orValue([]) : []`;
  const old = { name: `${id}_old`, expression: `(${before}).map(b, ${keyOf('b')})` };
  const isMet = `${targetOf('a')}.exists(p, variables.${map.name}[${protocolOf('a')}].exists(r, r[0] <= p && p <= r[1]))`;
  const met = all([`${protocolOf('a')} in variables.${map.name}`, isMet, `!(${keyOf('a')} in variables.${old.name})`]);
  const list = `${isOpen('object')} ? ${among('variables.ports', met)} : []`;
  const problem = (found: string) =>
    `string(${targetOf(`${found}[0][0]`)}[0]) + " is a forbidden port of " + ${protocolOf(`${found}[0][0]`)}`;
  const violationLists = [{ list, field: `${fields.portsField}.targetPort`, problem }];
  return { variables: [fields.ports, map, old], violationLists };
}

/** Whether no controller fills in its endpoints. */
function isOpen(object: string): string {
  return `(${typeOf(object)} == "ExternalName" || size(${object}.spec.?selector.orValue({})) == 0)`;
}

/** A list of the number to which a port leads; empty where that is a name. */
function targetOf(port: string): string {
  const isLeftOut = `(!has(${port}.targetPort) || ${port}.targetPort == null || ${port}.targetPort == dyn(0) || ${port}.targetPort == dyn(""))`;
  return `(${isLeftOut} ? [int(${port}.port)] : type(${port}.targetPort) == int ? [int(${port}.targetPort)] : [])`;
}

function keyOf(port: string): string {
  return `[dyn(${protocolOf(port)}), dyn(${targetOf(port)})]`;
}
