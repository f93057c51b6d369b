import type { Network } from '../endpoints/network.ts';
import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { literal } from './cel.ts';
import { among, type CelValidation, type CheckInput, quoted, type ViolationList } from './cel-validation.ts';
import { findEmbeddedIPv4 } from './embedded.ts';
import { innerPrefixesOf, isInside, networkAround, type Prefixes, prefixesOf } from './prefixes.ts';

/** Which addresses are looked up: those of a family, or IPv4 addresses in an EndpointSlice of addressType FQDN. */
type Selection = 'ipv4' | 'ipv6' | 'names';

/** Addresses outside networks, however they are written. `what` names the networks: `the forbidden network`. */
export function forbidNetworks(input: CheckInput, networks: readonly Network[], what: string): CelValidation {
  const ipv4 = prefixesOf(networks, 'IPv4');
  return combine([
    findInside(input, 'ipv4', ipv4, what),
    findInside(input, 'ipv6', prefixesOf(networks, 'IPv6'), what),
    ...(input.fields.hasAddressType ? [findInside(input, 'names', ipv4, what)] : []),
    findEmbedded(input, networks, what),
  ]);
}

/**
 * The same, but of most networks only IPv4 addresses that are written inside of IPv6 addresses, or in an EndpointSlice of addressType
 * FQDN. `plain`: IPv4 networks of 8, 16, 24 or 32 bits of which all addresses are found.
 */
export function forbidDisguised(
  input: CheckInput,
  networks: readonly Network[],
  plain: readonly Network[],
  what: string,
): CelValidation {
  return combine([
    findEmbedded(input, networks, what),
    findBeginning(input, plain, what),
    ...(input.fields.hasAddressType ? [findInside(input, 'names', prefixesOf(networks, 'IPv4'), what)] : []),
  ]);
}

/** One validation of all. */
export function combine(validations: readonly CelValidation[]): CelValidation {
  return {
    variables: validations.flatMap(({ variables }) => variables),
    violationLists: validations.flatMap(({ violationLists }) => violationLists),
  };
}

/** Endpoints hold both families in one list, an EndpointSlice holds addresses of one type. */
function conditionOf(selection: Selection, { hasAddressType, text }: CelFields, inside: string): string {
  if (selection === 'names') return `isIP(a) && ${inside}`;
  if (hasAddressType) return inside;
  return selection === 'ipv4' ? `!${text('a')}.contains(":") && ${inside}` : `${text('a')}.contains(":") && ${inside}`;
}

/**
 * IPv4 addresses by how they begin, in an EndpointSlice of addressType IPv4 or in Endpoints, where no IPv6 address begins so. To read each
 * as a network would cost more than an expression may: an EndpointSlice has up to 100,000.
 */
function findBeginning({ fields }: CheckInput, networks: readonly Network[], what: string): CelValidation {
  const isIn = (text: string, { text: network, prefix }: Network) => {
    const beginning = network.split('.', prefix / 8).join('.');
    return prefix === 32 ? `${text} == ${literal(network.replace('/32', ''))}` : `${text}.startsWith("${beginning}.")`;
  };
  const found = among('variables.addresses', networks.map((one) => isIn(fields.text('a'), one)).join(' || '));
  const list = fields.hasAddressType ? `object.addressType == "IPv4" ? ${found} : []` : found;
  const problem = (violations: string) => {
    const text = fields.text(`${violations}[0][0]`);
    const [last, ...others] = networks.toReversed();
    const network = others.reduce(
      (rest, one) => `${isIn(text, one)} ? ${literal(one.text)} : ${rest}`,
      literal(last?.text ?? ''),
    );
    return `${quoted(text)} + " is inside ${what} " + (${network})`;
  };
  return { variables: [fields.addresses], violationLists: [{ list, field: fields.addressField, problem }] };
}

const addressTypes: Readonly<Record<Selection, string>> = { ipv4: 'IPv4', ipv6: 'IPv6', names: 'FQDN' };

function findInside({ fields, id }: CheckInput, selection: Selection, prefixes: Prefixes, what: string): CelValidation {
  const map: Variable = { name: `${id}_${prefixes.family.toLowerCase()}`, expression: prefixes.map };
  const violationLists = split(prefixes).map((part): ViolationList => {
    const inside = isInside(fields.text('a'), part, `variables.${map.name}`);
    const found = among('variables.addresses', conditionOf(selection, fields, inside));
    const list = fields.hasAddressType ? `object.addressType == "${addressTypes[selection]}" ? ${found} : []` : found;
    const problem = (violations: string) => {
      const text = fields.text(`${violations}[0][0]`);
      return `${quoted(text)} + " is inside ${what} " + ${networkAround(text, part, `variables.${map.name}`)}`;
    };
    return { list, field: fields.addressField, problem };
  });
  return { variables: [fields.addresses, map], violationLists };
}

/** IPv4 networks in every form of IPv6. */
function findEmbedded(input: CheckInput, networks: readonly Network[], what: string): CelValidation {
  const { fields, id } = input;
  const prefixes = innerPrefixesOf(networks);
  const map: Variable = { name: `${id}_inner`, expression: prefixes.map };
  const embedded = findEmbeddedIPv4(input);
  const violationLists = split(prefixes).map((part): ViolationList => {
    const inside = isInside('i', part, `variables.${map.name}`);
    const list = among(`variables.${embedded.name}`, `a[1].exists(i, ${inside})`);
    const problem = (violations: string) => {
      const first = `${violations}[0][0]`;
      const inner = `${first}[1].filter(i, ${inside})[0]`;
      return `${quoted(`${first}[0]`)} + " contains an address of ${what} " + ${networkAround(inner, part, `variables.${map.name}`)}`;
    };
    return { list, field: fields.addressField, problem };
  });
  return { variables: [fields.addresses, ...embedded.variables, map], violationLists };
}

/** How many different prefix lengths one expression may look up: 10,000 addresses then stay below what it may cost. */
const maxLengths = 6;

function split(prefixes: Prefixes): readonly Prefixes[] {
  const parts: Prefixes[] = [];
  for (let i = 0; i < prefixes.lengths.length; i += maxLengths)
    parts.push({ ...prefixes, lengths: prefixes.lengths.slice(i, i + maxLengths) });
  return parts;
}
