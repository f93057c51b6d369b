import { addressToSomePattern } from '../endpoints/name-text.ts';
import { parseNetwork } from '../endpoints/network.ts';
import { namePattern, specialNames } from '../rules/presets/names.ts';
import { type NetworkPreset, presetNetworks } from '../rules/presets/networks.ts';
import { specialRanges } from '../rules/special-address.ts';
import { literal } from './cel.ts';
import { among, type CelValidation, type CheckInput, quoted } from './cel-validation.ts';
import { combine, forbidDisguised, forbidNetworks } from './network-expressions.ts';

/** Addresses are canonical, and names are no addresses to anybody: the CEL of Kubernetes reads addresses as strictly as we do. */
export function requireCanonicalAddresses({ fields }: CheckInput): CelValidation {
  const unread = among('variables.addresses', `!isIP(${fields.text('a')})`);
  const list = fields.hasAddressType ? `object.addressType != "FQDN" ? ${unread} : []` : unread;
  const problem = (found: string) => `${quoted(fields.text(`${found}[0][0]`))} + " is not a canonical IP address"`;
  const violationLists = [{ list, field: fields.addressField, problem }];
  if (fields.hasAddressType) {
    const numbers = amongNames(`!isIP(a) && a.matches(${literal(addressToSomePattern)})`);
    violationLists.push({
      list: numbers,
      field: fields.addressField,
      problem: nameProblem('some programs take for an address'),
    });
  }
  return { variables: [fields.addresses], violationLists };
}

/** The names of an EndpointSlice for which a condition holds. */
function amongNames(condition: string): string {
  return `object.addressType == "FQDN" ? ${among('variables.addresses', condition)} : []`;
}

const nameProblem = (what: string) => (found: string) =>
  `${quoted(`${found}[0][0]`)} + ${literal(` is a name that ${what}`)}`;

/** No EndpointSlice of addressType FQDN has addresses. */
export function forbidNames({ fields }: CheckInput): CelValidation {
  const list = 'object.addressType == "FQDN" ? variables.addresses.filter(l, size(l) > 0) : []';
  const problem = (found: string) =>
    `${quoted(`${found}[0][0]`)} + " is in an EndpointSlice of addressType FQDN, and a name can mean any address at any time"`;
  return { variables: [fields.addresses], violationLists: [{ list, field: fields.addressField, problem }] };
}

/** The special addresses that the API server does not refuse by itself, and special names. */
export function forbidSpecialAddresses(input: CheckInput): CelValidation {
  const plain = specialRanges.filter(({ builtIn }) => !builtIn);
  const disguised = forbidDisguised(input, specialRanges, plain, 'the special address range');
  return input.fields.hasAddressType ? combine([disguised, forbidSpecialNames(input)]) : disguised;
}

function forbidSpecialNames({ fields }: CheckInput): CelValidation {
  const problem = nameProblem('each machine has for itself, or for a metadata service');
  const pattern = String.raw`(?is)^(?:${namePattern(specialNames)})\.*$`;
  const list = amongNames(`a.matches(${literal(pattern)})`);
  return { variables: [fields.addresses], violationLists: [{ list, field: fields.addressField, problem }] };
}

/** Addresses outside the networks of a policy and its presets. */
export function forbidPolicyNetworks(input: CheckInput): CelValidation {
  const own = input.parameters.networks as readonly string[];
  const presets = input.parameters.presets as readonly NetworkPreset[];
  const texts = [...own, ...presets.flatMap((name) => presetNetworks[name])];
  return forbidNetworks(input, texts.map(parseNetwork), 'the forbidden network');
}
