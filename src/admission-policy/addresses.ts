import { type Network, parseNetwork } from '../endpoints/network.ts';
import type { CelFields, Variable } from '../kinds/cel-fields.ts';
import { type NetworkPreset, presetNetworks } from '../rules/presets/networks.ts';
import { specialRanges } from '../rules/special-address.ts';
import { among, type CelValidation, type CheckInput, quoted, type ViolationList } from './cel-validation.ts';
import { embeddedVariables } from './embedded.ts';
import { innerPrefixesOf, isInside, networkAround, type Prefixes, prefixesOf } from './prefixes.ts';

/** Every address has a spelling on which all readers agree: the CEL of Kubernetes reads as strictly as we do. */
export function readableAddresses({ fields: shape }: CheckInput): CelValidation {
  const unread = among('variables.addresses', `!isIP(${shape.text('a')})`);
  const list = shape.hasAddressType ? `object.addressType != "FQDN" ? ${unread} : []` : unread;
  const problem = (found: string) =>
    `${quoted(shape.text(`${found}[0][0]`))} + " is not an IP address that everybody reads alike"`;
  return { variables: [shape.addresses], violationLists: [{ list, field: shape.addressField, problem }] };
}

/** No slice holds names. */
export function noNames({ fields: shape }: CheckInput): CelValidation {
  const list = 'object.addressType == "FQDN" ? variables.addresses.filter(l, size(l) > 0) : []';
  const problem = (found: string) =>
    `${quoted(`${found}[0][0]`)} + " stands in a slice of names, which can mean any address at any time"`;
  return { variables: [shape.addresses], violationLists: [{ list, field: shape.addressField, problem }] };
}

/** What the API server does not refuse by itself: special addresses inside IPv6 ones, and as names in a slice of names. */
export function ordinaryAddresses(asked: CheckInput): CelValidation {
  const pieces = [embedded(asked, specialRanges, 'the special address range')];
  if (asked.fields.hasAddressType)
    pieces.push(looked(asked, 'names', prefixesOf(specialRanges, 'IPv4'), 'the special address range'));
  return joined(pieces);
}

/** Addresses outside the networks of a policy and its presets, however they are written. */
export function addressesOutside(asked: CheckInput): CelValidation {
  const networks = networksOf(asked);
  const what = 'the forbidden network';
  const ipv4 = prefixesOf(networks, 'IPv4');
  const pieces = [looked(asked, 'ipv4', ipv4, what), looked(asked, 'ipv6', prefixesOf(networks, 'IPv6'), what)];
  if (asked.fields.hasAddressType) pieces.push(looked(asked, 'names', ipv4, what));
  return joined([...pieces, embedded(asked, networks, what)]);
}

function networksOf({ parameters: { networks, presets } }: CheckInput): readonly Network[] {
  const own = networks as readonly string[];
  return [...own, ...(presets as readonly NetworkPreset[]).flatMap((name) => presetNetworks[name])].map(parseNetwork);
}

function joined(demands: readonly CelValidation[]): CelValidation {
  return {
    variables: demands.flatMap(({ variables }) => variables),
    violationLists: demands.flatMap(({ violationLists: offences }) => offences),
  };
}

/** Which addresses are looked at: those of a family, or what is an IPv4 address in a slice of names. */
type Which = 'ipv4' | 'ipv6' | 'names';

/** In Endpoints both families stand in one list, and a slice is of one type. */
function condition(which: Which, { hasAddressType, text }: CelFields, inside: string): string {
  if (which === 'names') return `isIP(a) && ${inside}`;
  if (hasAddressType) return inside;
  return which === 'ipv4' ? `!${text('a')}.contains(":") && ${inside}` : `${text('a')}.contains(":") && ${inside}`;
}

const types: Readonly<Record<Which, string>> = { ipv4: 'IPv4', ipv6: 'IPv6', names: 'FQDN' };

function looked({ fields: shape, id }: CheckInput, which: Which, prefixes: Prefixes, what: string): CelValidation {
  const map: Variable = { name: `${id}_${prefixes.family.toLowerCase()}`, expression: prefixes.map };
  const offences = inPieces(prefixes).map((piece): ViolationList => {
    const inside = isInside(shape.text('a'), piece, `variables.${map.name}`);
    const found = among('variables.addresses', condition(which, shape, inside));
    const list = shape.hasAddressType ? `object.addressType == "${types[which]}" ? ${found} : []` : found;
    const problem = (offenders: string) => {
      const text = shape.text(`${offenders}[0][0]`);
      return `${quoted(text)} + " is inside ${what} " + ${networkAround(text, piece, `variables.${map.name}`)}`;
    };
    return { list, field: shape.addressField, problem };
  });
  return { variables: [shape.addresses, map], violationLists: offences };
}

/** IPv4 networks in whatever form of IPv6. */
function embedded({ fields: shape, id }: CheckInput, networks: readonly Network[], what: string): CelValidation {
  const prefixes = innerPrefixesOf(networks);
  const map: Variable = { name: `${id}_inner`, expression: prefixes.map };
  const offences = inPieces(prefixes).map((piece): ViolationList => {
    const list = among('variables.embedded', isInside('a[1]', piece, `variables.${map.name}`));
    const problem = (offenders: string) =>
      `${quoted(`${offenders}[0][0][0]`)} + " contains an address of ${what} " + ${networkAround(`${offenders}[0][0][1]`, piece, `variables.${map.name}`)}`;
    return { list, field: shape.addressField, problem };
  });
  return { variables: [shape.addresses, ...embeddedVariables(shape), map], violationLists: offences };
}

/** How many different prefix lengths one expression may look up: 10,000 addresses then stay below what it may cost. */
const lengthsAtOnce = 6;

function inPieces(prefixes: Prefixes): readonly Prefixes[] {
  const pieces: Prefixes[] = [];
  for (let i = 0; i < prefixes.lengths.length; i += lengthsAtOnce)
    pieces.push({ ...prefixes, lengths: prefixes.lengths.slice(i, i + lengthsAtOnce) });
  return pieces;
}
